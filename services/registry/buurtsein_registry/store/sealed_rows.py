"""Encrypts rows about persons who may not be in the vault; each row has its own data key.

Invariant: the data key is stored in the row only, so that nothing can be decrypted after the row is deleted.
"""

from collections.abc import Mapping
from typing import Any, override

import asyncpg

from buurtsein_chassis.documents import Documents
from buurtsein_chassis.sealed_rows import wrap_anew
from buurtsein_kernel.keyring import Keyring, WrappedKey, decrypted, encrypted, new_data_key
from buurtsein_registry.store.vault_reads import VaultReads

SEALED = {"enquiry": "enquiry_id::text", "public_contact": "network_id || ' ' || person"}
"""The tables of such rows, each with the SQL of the text that is authenticated with the encrypted values of a row."""
KEYS = " union all ".join(f"select key_id from {table}" for table in SEALED)  # noqa: S608 # constants of the program
"""The SQL that selects the id of the installation key of each such row."""

type Sealed = tuple[bytes, int, str, bytes]
"""The encrypted value, the number of its schema, the id of the installation key, and the encrypted data key."""


def unsealed[Model: Any](
    keyring: Keyring, documents: Documents[Model], row: asyncpg.Record | Mapping[str, Any], about: str
) -> Model:
    """Decrypt the value of a row with the columns `data`, `data_schema`, `key_id` and `data_key`."""
    key = keyring.unwrap(WrappedKey(row["key_id"], row["data_key"]), about)
    return documents.read(decrypted(key, row["data"], about).decode(), row["data_schema"])


class SealedRows(VaultReads):
    """The base class of tables in which each row has its own data key and an encrypted value."""

    def _sealed[Model: Any](self, documents: Documents[Model], value: Model, about: str) -> Sealed:
        key = new_data_key()
        wrapped = self._keyring.wrap(key, about)
        data = encrypted(key, documents.write(value).encode(), about)
        return data, documents.schema, wrapped.key_id, wrapped.encrypted

    @override
    async def encrypt_some(self, most: int) -> int:
        done = await super().encrypt_some(most)
        for table, about in SEALED.items():
            done += await wrap_anew(self._connection, self._keyring, table, about, most - done)
        return done

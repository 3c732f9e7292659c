"""Encrypts the data keys of rows under the newest installation key, and tells operators which keys are still needed.

The rows are those of tables with the columns `key_id` and `data_key`. Invariant: only the data key is encrypted anew;
the data under it stays as it is.
"""

from collections.abc import Mapping

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_kernel.keyring import Keyring, WrappedKey


async def wrap_anew(connection: Connection, keyring: Keyring, table: str, about: str, most: int) -> int:
    """Encrypt at most `most` data keys of a table under the newest installation key; return how many.

    `about` is an SQL expression: its value is the associated data of the encryption of a row. Rows that another
    transaction locks are left for the next call.
    """
    waiting = f"""select ctid, {about} as about, key_id, data_key from {table} where key_id <> $1
        limit $2 for update skip locked"""  # noqa: S608 # constants of the program
    rows = await connection.fetch(waiting, keyring.newest, most)
    for row in rows:
        key = keyring.unwrap(WrappedKey(row["key_id"], row["data_key"]), row["about"])
        wrapped = keyring.wrap(key, row["about"])
        update = f"update {table} set key_id = $2, data_key = $3 where ctid = $1"  # noqa: S608 # idem
        await connection.execute(update, row["ctid"], wrapped.key_id, wrapped.encrypted)
    return len(rows)


class VaultKey(BaseModel):
    """An installation key that encrypts persons' data keys, by its id, which reveals nothing about the key."""

    key_id: str
    newest: bool
    persons: int
    """The number of persons whose data key is encrypted under it; a key without any is no longer needed."""


class VaultKeys(BaseModel):
    """The installation keys under which persons' data keys are encrypted."""

    keys: list[VaultKey]
    waiting: int
    """The number of persons whose row is not yet encrypted under the newest key; a worker does that."""


def vault_keys(found: Mapping[str | None, int], keyring: Keyring) -> VaultKeys:
    """Return the installation keys of a service, the newest first; `found` has the number of persons by key."""
    keys = [VaultKey(key_id=one, newest=one == keyring.newest, persons=found.get(one, 0)) for one in keyring.ids]
    return VaultKeys(keys=keys, waiting=sum(found.values()) - found.get(keyring.newest, 0))

"""Reads and writes enquiries; what was asked, and by whom, is encrypted under a data key of each enquiry.

Invariant: the data key is stored in the row of the enquiry only, so that nothing can be read after the row is deleted.
"""

from datetime import datetime
from typing import override
from uuid import UUID

import asyncpg

from buurtsein_kernel.keyring import WrappedKey, decrypted, encrypted, new_data_key
from buurtsein_registry.documents import ASKED
from buurtsein_registry.domain.enquiry import Asked, Enquiry, unknown
from buurtsein_registry.domain.vault_read import Reader
from buurtsein_registry.handlers.stores import EnquiryStore
from buurtsein_registry.store.vault_reads import VaultReads

_OPEN_FIRST = """
select * from enquiry where network_id = $1 order by closed_at is not null, sent_at desc, enquiry_id desc limit $2
"""
_WAITING = """
select enquiry_id, key_id, data_key from enquiry where key_id <> $1 order by enquiry_id limit $2
for update skip locked
"""


class Enquiries(VaultReads, EnquiryStore):
    """Reads and writes enquiries."""

    @override
    async def count_enquiries(self, network_id: UUID, since: datetime) -> tuple[int, int]:
        [row] = await self._connection.fetch(
            """select count(*) filter (where closed_at is null) as open, count(*) filter (where sent_at > $2) as recent
               from enquiry where network_id = $1 and (closed_at is null or sent_at > $2)""",
            network_id,
            since,
        )
        return row["open"], row["recent"]

    @override
    async def add_enquiry(self, enquiry: Enquiry, asked: Asked) -> None:
        about, key = str(enquiry.enquiry_id), new_data_key()
        wrapped = self._keyring.wrap(key, about)
        await self._connection.execute(
            """insert into enquiry (enquiry_id, network_id, sent_at, consent_version, status, version, data,
                   data_schema, key_id, data_key)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            enquiry.enquiry_id,
            enquiry.network_id,
            enquiry.sent_at,
            enquiry.consent_version,
            enquiry.status,
            enquiry.version,
            encrypted(key, ASKED.write(asked).encode(), about),
            ASKED.schema,
            wrapped.key_id,
            wrapped.encrypted,
        )

    @override
    async def enquiry(self, enquiry_id: UUID) -> Enquiry:
        row = await self._connection.fetchrow("select * from enquiry where enquiry_id = $1 for update", enquiry_id)
        if row is None:
            raise unknown()
        return Enquiry.model_validate(dict(row))

    @override
    async def save_enquiry(self, enquiry: Enquiry) -> None:
        enquiry.version += 1
        await self._connection.execute(
            "update enquiry set status = $2, closed_at = $3, closed_by = $4, version = $5 where enquiry_id = $1",
            enquiry.enquiry_id,
            enquiry.status,
            enquiry.closed_at,
            enquiry.closed_by,
            enquiry.version,
        )

    @override
    async def read_enquiries(self, network_id: UUID, reader: Reader, most: int) -> list[tuple[Enquiry, Asked]]:
        rows = await self._connection.fetch(_OPEN_FIRST, network_id, most)
        await self._connection.executemany(
            "insert into vault_read (person, reader, role, read_at) values ($1, $2, $3, now())",
            [(str(row["enquiry_id"]), reader.person, reader.role) for row in rows],
        )
        return [(Enquiry.model_validate(dict(row)), self._asked(row)) for row in rows]

    def _asked(self, row: asyncpg.Record) -> Asked:
        about = str(row["enquiry_id"])
        key = self._keyring.unwrap(WrappedKey(row["key_id"], row["data_key"]), about)
        return ASKED.read(decrypted(key, row["data"], about).decode(), row["data_schema"])

    @override
    async def encrypt_some(self, most: int) -> int:
        done = await super().encrypt_some(most)
        rows = await self._connection.fetch(_WAITING, self._keyring.newest, most - done)
        for row in rows:
            about = str(row["enquiry_id"])
            wrapped = self._keyring.wrap(self._keyring.unwrap(WrappedKey(row["key_id"], row["data_key"]), about), about)
            await self._connection.execute(
                "update enquiry set key_id = $2, data_key = $3 where enquiry_id = $1",
                row["enquiry_id"],
                wrapped.key_id,
                wrapped.encrypted,
            )
        return done + len(rows)

"""Reads and writes enquiries; what was asked, and by whom, is encrypted under a data key of each enquiry."""

from datetime import datetime
from typing import override
from uuid import UUID

from buurtsein_registry.documents import ASKED
from buurtsein_registry.domain.enquiry import Asked, Enquiry, EnquiryPlace, unknown
from buurtsein_registry.domain.vault_read import Reader
from buurtsein_registry.handlers.stores import EnquiryStore
from buurtsein_registry.store.sealed_rows import SealedRows, unsealed

_OPEN_FIRST = """
select * from enquiry where network_id = $1
    and ($3::boolean is null or (closed_at is null, enquiry_id) < ($3::boolean, $4::uuid))
order by closed_at is null desc, enquiry_id desc limit $2
"""


class Enquiries(SealedRows, EnquiryStore):
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
            *self._sealed(ASKED, asked, str(enquiry.enquiry_id)),
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
    async def delete_enquiry(self, enquiry_id: UUID) -> None:
        await self._connection.execute("delete from enquiry where enquiry_id = $1", enquiry_id)

    @override
    async def read_enquiries(
        self, network_id: UUID, reader: Reader, most: int, after: EnquiryPlace | None
    ) -> list[tuple[Enquiry, Asked]]:
        rows = await self._connection.fetch(_OPEN_FIRST, network_id, most, *(after or (None, None)))
        await self._connection.executemany(
            "insert into vault_read (person, reader, role, read_at) values ($1, $2, $3, now())",
            [(str(row["enquiry_id"]), reader.person, reader.role) for row in rows],
        )
        return [
            (Enquiry.model_validate(dict(row)), unsealed(self._keyring, ASKED, row, str(row["enquiry_id"])))
            for row in rows
        ]

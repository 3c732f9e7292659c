"""Shows the evidence of an application."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_funding import handlers
from buurtsein_funding.domain.application import unknown
from buurtsein_funding.domain.evidence import Evidence, EvidenceKind
from buurtsein_funding.views.readings import Reading, note_reading

_KNOWN = """
select exists (select from application a left join known_network n using (network_id) where a.application_id = $1
    and (case when $2::text is null then a.requested_at is not null
        else n.document #>> array['coordinators', $2, 'value', 'role'] is not null end))
"""


class ShownEvidence(BaseModel):
    """A file of evidence: what it is, its size, its SHA-256, and the cost line that it proves."""

    evidence_id: UUID
    kind: EvidenceKind
    bytes: int
    sha256: str
    line: int | None = None
    added_at: datetime

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Make the response that describes one file of evidence."""
        return cls(**evidence.model_dump())


class EvidenceList(BaseModel):
    """All evidence of one application, in the order in which it was added."""

    items: list[ShownEvidence]

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> Self:
        """Make the response that lists the evidence of an application."""
        return cls(items=[ShownEvidence.of(one) for one in evidence])


async def evidence_of(connection: Connection, application_id: UUID, coordinator: str | None) -> EvidenceList:
    """Return the evidence of an application; raise DomainError `application_unknown`.

    A `coordinator` can read only the evidence of networks that they coordinate now. Without a `coordinator`, the city
    can read only the evidence of applications that were submitted at least once.
    """
    await _require_known(connection, application_id, coordinator)
    rows = await connection.fetch(
        "select * from evidence where application_id = $1 order by evidence_id", application_id
    )
    return EvidenceList(items=[ShownEvidence.model_validate(dict(row)) for row in rows])


async def evidence_read(
    connection: Connection, application_id: UUID, evidence_id: UUID, reading: Reading
) -> ShownEvidence:
    """Return a file of evidence that somebody reads, and record the reading.

    Raises:
        DomainError: `application_unknown`, `evidence_unknown`, `reason_missing`.
    """
    reading.require_reason()
    async with connection.transaction():
        await _require_known(connection, application_id, reading.own)
        row = await connection.fetchrow(
            "select * from evidence where application_id = $1 and evidence_id = $2", application_id, evidence_id
        )
        if row is None:
            raise handlers.evidence_unknown()
        await note_reading(connection, reading, application_id=application_id, evidence_id=evidence_id)
    return ShownEvidence.model_validate(dict(row))


async def _require_known(connection: Connection, application_id: UUID, coordinator: str | None) -> None:
    if not await connection.fetchval(_KNOWN, application_id, coordinator):
        raise unknown()

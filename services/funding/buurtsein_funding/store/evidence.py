"""Reads and writes the evidence of applications."""

from collections.abc import Sequence
from typing import override
from uuid import UUID

from buurtsein_chassis.blobs.unused import hold
from buurtsein_funding.domain.evidence import Evidence
from buurtsein_funding.handlers import EvidenceStore
from buurtsein_funding.store.unit import Unit

IS_NAMED = "select exists (select from evidence where sha256 = $1)"
"""Whether an application has the file `$1`."""


class EvidenceTable(Unit, EvidenceStore):
    """Reads and writes the evidence of applications, in one unit of work."""

    @override
    async def evidence(self, application_id: UUID) -> Sequence[Evidence]:
        rows = await self._connection.fetch(
            "select * from evidence where application_id = $1 order by evidence_id", application_id
        )
        return [Evidence.model_validate(dict(row)) for row in rows]

    @override
    async def hold_file(self, sha256: str) -> None:
        await hold(self._connection, sha256)

    @override
    async def add_evidence(self, application_id: UUID, evidence: Evidence) -> None:
        await self._connection.execute(
            """insert into evidence (evidence_id, application_id, sha256, kind, bytes, line, added_at)
               values ($1, $2, $3, $4, $5, $6, $7)""",
            evidence.evidence_id,
            application_id,
            evidence.sha256,
            evidence.kind,
            evidence.bytes,
            evidence.line,
            evidence.added_at,
        )

    @override
    async def remove_evidence(self, evidence_id: UUID) -> None:
        await self._connection.execute("delete from evidence where evidence_id = $1", evidence_id)

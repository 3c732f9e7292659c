"""Handles the evidence that coordinators add to applications."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from buurtsein_funding.domain.evidence import Evidence, EvidenceKind, require_own, require_room
from buurtsein_funding.handlers.own import own_application
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.problems import DomainError, missing


class EvidenceFiles(Protocol):
    """A Protocol: stores the files of evidence."""

    async def put(self, blob: bytes) -> str:
        """Store a file and return its SHA-256."""


class EvidenceStore(Store, Protocol):
    """A Protocol: also reads and writes evidence."""

    async def hold_file(self, sha256: str) -> None:
        """Keep the job from removing this file until the unit of work ends."""

    async def add_evidence(self, application_id: UUID, evidence: Evidence) -> None:
        """Insert evidence of an application."""

    async def remove_evidence(self, evidence_id: UUID) -> None:
        """Delete evidence; a job removes its file when no application has it any more."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: its bytes, what it is, and the cost line that it proves."""

    content: bytes
    kind: EvidenceKind
    line: int | None


async def admit_evidence(application_id: UUID, line: int | None, actor: str, most: int, store: EvidenceStore) -> None:
    """Check, before the file is read, that a coordinator can add it; raise DomainError as `add_evidence` does."""
    application = await own_application(application_id, actor, store)
    require_room(application, line, await store.evidence(application_id), most)


async def add_evidence(
    application_id: UUID,
    sent: SentFile,
    actor: str,
    most: int,
    clock: Clock,
    files: EvidenceFiles,
    store: EvidenceStore,
) -> tuple[Evidence, bool]:
    """Add a file to an application of a coordinator, and return it and whether it was there already.

    Raises:
        DomainError: `application_unknown`, `transition_refused` for a finished application, `line_unknown`,
            `evidence_full`.
    """
    application = await own_application(application_id, actor, store)
    present, sha256 = await store.evidence(application_id), hashlib.sha256(sent.content).hexdigest()
    if same := next((one for one in present if one.sha256 == sha256), None):
        return same, True
    require_room(application, sent.line, present, most)
    evidence = Evidence(sha256=sha256, kind=sent.kind, bytes=len(sent.content), line=sent.line, added_at=clock.now())
    await store.hold_file(sha256)
    await files.put(sent.content)
    await store.add_evidence(application_id, evidence)
    return evidence, False


async def take_back(application_id: UUID, evidence_id: UUID, actor: str, store: EvidenceStore) -> Sequence[Evidence]:
    """Delete evidence that the city has not seen yet, and return the other evidence of the application.

    Raises:
        DomainError: `application_unknown`, `evidence_unknown`, `transition_refused` when the city can have seen it.
    """
    application = await own_application(application_id, actor, store)
    present = await store.evidence(application_id)
    found = next((one for one in present if one.evidence_id == evidence_id), None)
    if found is None:
        raise evidence_unknown()
    require_own(application, found)
    await store.remove_evidence(evidence_id)
    return [one for one in present if one is not found]


def evidence_unknown() -> DomainError:
    """Return the error for evidence that the application does not have, or whose file is gone."""
    return missing("evidence_unknown", "Dit bewijsstuk bestaat niet (meer).")

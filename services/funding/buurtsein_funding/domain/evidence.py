"""Defines the evidence of an application: invoices and other proofs, as PDF, JPEG or PNG.

Invariant: the kind of a file is found from its content, never from its name or from what the sender says.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.problems import DomainError, conflict

S = ApplicationState
_OPEN = frozenset({S.DRAFT, S.SUBMITTED, S.INCOMPLETE, S.UNDER_REVIEW, S.GRANTED, S.PAID})
_END_BYTES = 2048
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|Encrypt)\b")
"""What a PDF must not have: programs, other files, or a password, with which nobody can scan it."""


class EvidenceKind(StrEnum):
    """The kinds of files that are accepted as evidence."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class Evidence(BaseModel):
    """One file of evidence; its bytes are stored under `sha256` outside of the database."""

    evidence_id: UUID = Field(default_factory=uuid7)
    sha256: str
    kind: EvidenceKind
    bytes: int
    line: int | None = None
    """The cost line that it proves, numbered from 1; None for the whole application."""
    added_at: datetime


def kind_of(file: bytes) -> EvidenceKind:
    """Return the kind of a file; raise DomainError `evidence_unreadable` for another kind or an incomplete file.

    A PDF that contains a program or another file, or needs a password, is refused with `evidence_active`.
    """
    if file.startswith(b"\x89PNG\r\n\x1a\n") and file.rstrip(b"\0").endswith(b"IEND\xaeB`\x82"):
        return EvidenceKind.PNG
    if file.startswith(b"\xff\xd8\xff") and file.rstrip(b"\0").endswith(b"\xff\xd9"):
        return EvidenceKind.JPEG
    if file.startswith(b"%PDF-") and b"%%EOF" in file[-_END_BYTES:]:
        if _ACTIVE.search(file):
            raise DomainError("evidence_active", "Deze PDF bevat een programma, een bijlage of een wachtwoord.")
        return EvidenceKind.PDF
    raise DomainError("evidence_unreadable", "Dit is geen volledige PDF, JPEG of PNG.")


def require_own(application: Application, evidence: Evidence) -> None:
    """Check that the city cannot have seen this evidence yet; raise DomainError `transition_refused` otherwise.

    The city sees no evidence of a draft, nor evidence that was added since finance asked for more.
    """
    asked = application.asked[-1].asked_at if application.asked else None
    unseen = application.state is S.INCOMPLETE and asked is not None and evidence.added_at > asked
    if application.state is not S.DRAFT and not unseen:
        detail = "De stad kan dit bewijsstuk al gezien hebben. Het blijft bij de aanvraag."
        raise application.refused(detail)


def require_room(application: Application, line: int | None, present: Sequence[Evidence], most: int) -> None:
    """Check that evidence can be added; raise DomainError `transition_refused`, `line_unknown` or `evidence_full`."""
    if application.state not in _OPEN:
        raise application.refused("Bij deze aanvraag kan niets meer worden toegevoegd.")
    if line is not None and line > len(application.cost_lines):
        raise DomainError("line_unknown", "Deze kost staat niet in de aanvraag.")
    if len(present) >= most:
        raise conflict("evidence_full", f"Bij een aanvraag horen hoogstens {most} bewijsstukken.", most=most)

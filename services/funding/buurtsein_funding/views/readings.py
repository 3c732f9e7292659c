"""Records who read an account, a payment file or evidence, in which role and why."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.database import Connection
from buurtsein_kernel.problems import DomainError

_NOTE = """insert into account_reading (application_id, batch_id, evidence_id, reader, role, reason)
values ($1, $2, $3, $4, $5, $6)"""


class ReadingReason(StrEnum):
    """The reasons of the city to read an account or evidence; the list is fixed, so that nobody types a name."""

    REVIEW = "review"
    """To judge the application."""
    PAYMENT = "payment"
    SETTLEMENT = "settlement"
    """To accept what the network proved, or to claim an amount back."""
    AUDIT = "audit"
    QUESTION = "question"
    """The network, or the person whose account it is, asked something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The reader, the reason, and `own`: the pseudonym of a coordinator, who may read only about their networks."""

    by: Caller
    own: str | None
    reason: ReadingReason | None

    def require_reason(self) -> None:
        """Raise DomainError `reason_missing` when somebody of the city reads without a reason."""
        if self.own is None and self.reason is None:
            raise DomainError("reason_missing", "Geef een reden waarom u dit leest.")


async def note_reading(
    connection: Connection,
    reading: Reading,
    *,
    application_id: UUID | None = None,
    batch_id: UUID | None = None,
    evidence_id: UUID | None = None,
) -> None:
    """Record that somebody read the account or evidence of an application, or the file of a batch."""
    role = ", ".join(sorted(reading.by.roles))
    await connection.execute(_NOTE, application_id, batch_id, evidence_id, reading.by.actor, role, reading.reason)

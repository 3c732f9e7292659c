"""Defines the batches of payments: one person prepares a batch, another releases it, and the bank says what was paid.

Invariant: the file of a batch is the one whose hash both people saw, because the hash is stored when it is prepared.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import Word, forbidden, require_seen
from buurtsein_kernel.versions import Versioned


class BatchState(StrEnum):
    """The state of a batch: prepared by one person, then released by another or cancelled."""

    PREPARED = "PREPARED"
    RELEASED = "RELEASED"
    CANCELLED = "CANCELLED"


class PaymentState(StrEnum):
    """The state of one payment: waiting for the bank, paid, failed, or cancelled with its batch."""

    WAITING = "WAITING"
    PAID = "PAID"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


BATCH_ACTIONS: dict[str, frozenset[BatchState]] = {
    "release": frozenset({BatchState.PREPARED}),
    "cancel": frozenset({BatchState.PREPARED}),
    "fetch": frozenset({BatchState.RELEASED}),
}
"""The states of a batch in which each action is possible."""
_SAID = {
    BatchState.PREPARED: "de betalingen zijn nog niet vrijgegeven",
    BatchState.RELEASED: "de betalingen zijn al vrijgegeven",
    BatchState.CANCELLED: "de betalingen zijn geannuleerd",
}


class Payment(BaseModel):
    """One payment of a batch, for one application; the bank repeats its `end_to_end_id`."""

    end_to_end_id: str
    application_id: UUID
    cents: int
    state: PaymentState = PaymentState.WAITING
    paid_on: date | None = None
    reason: str | None = None
    """The bank's code for a payment that failed."""

    @staticmethod
    def new_id() -> str:
        """Return a new end-to-end id: 32 characters, of the 35 that banks take."""
        return uuid7().hex


class Batch(Versioned):
    """A batch of payments: its state, the hash of its file, the number of payments, and the sum of their amounts."""

    batch_id: UUID = Field(default_factory=uuid7)
    pay_on: date
    sha256: str
    """The SHA-256 of the payment file, in hexadecimal."""
    number: int
    total_cents: int
    prepared_by: str
    prepared_at: datetime
    released_by: str | None = None
    released_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_at: datetime | None = None
    state: BatchState = BatchState.PREPARED

    @property
    def message_id(self) -> str:
        """Return the id of the payment file, which the bank repeats."""
        return self.batch_id.hex

    @staticmethod
    def id_of(message_id: str | None) -> UUID | None:
        """Return the id of the batch whose file has this message id; None for a text that cannot be such an id."""
        try:
            return UUID(hex=message_id) if message_id else None
        except ValueError:
            return None

    def require_seen(self, seen: str) -> None:
        """Check that a person read this version; raise DomainError `version_changed`, which tells what changed."""
        require_seen(seen, self.version, self.state, _SAID[self.state], {"changed": self.changed_since(seen)})

    def release(self, actor: str, now: datetime) -> None:
        """Release the payments; raise DomainError `transition_refused`, or `same_person` for their preparer."""
        self.require("release")
        if actor == self.prepared_by:
            raise forbidden("same_person", "Wie de betalingen heeft voorbereid, kan ze niet vrijgeven.")
        self.state, self.released_by, self.released_at = BatchState.RELEASED, actor, now

    def cancel(self, actor: str, now: datetime, payments: Sequence[Payment]) -> None:
        """Cancel a batch that was not released, with its payments; raise DomainError `transition_refused`."""
        self.require("cancel")
        self.state, self.cancelled_by, self.cancelled_at = BatchState.CANCELLED, actor, now
        for payment in payments:
            payment.state = PaymentState.CANCELLED

    def allowed(self) -> list[str]:
        """Return the actions on this batch that are possible in its present state."""
        return allowed(BATCH_ACTIONS, self.state)

    def require(self, action: str) -> None:
        """Check that an action is possible in the present state; raise DomainError `transition_refused`."""
        require_allowed(
            BATCH_ACTIONS, action, self.state, f"Dit kan nu niet: {_SAID[self.state]}.", Word("payments", self.state)
        )

"""A delivery: one CAP message on its way to BE-Alert, as a row that workers lease."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from buurtsein_contracts.events.alert import FailureReason


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    READY = "ready"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    """Police took it back before it was handed over."""
    BLOCKED = "blocked"
    """It was never handed over: this installation may not send it, or no network may get it any more."""


Settled = Literal["sent", "failed"]
"""What a person can find out about a delivery whose outcome is unknown."""

FAILURES = {
    DeliveryState.FAILED: FailureReason.REFUSED,
    DeliveryState.UNKNOWN: FailureReason.UNKNOWN,
    DeliveryState.BLOCKED: FailureReason.BLOCKED,
}
"""What AlertFailed says of a delivery that a worker gave up."""


@dataclass(frozen=True, slots=True)
class LeasedDelivery:
    """A delivery that one worker holds until its lease runs out."""

    delivery_id: UUID
    alert_id: UUID
    cap_identifier: str
    adapter: str
    """Which one was to send it, or did."""
    xml: bytes
    attempts: int
    find_first: bool
    """The peer may have the message already: ask before sending."""
    lease: UUID
    correlation_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class OverdueDelivery:
    """A delivery past its expiry that never reached the peer."""

    delivery_id: UUID
    alert_id: UUID
    adapter: str
    correlation_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A delivery of which nobody knows whether the message arrived."""

    delivery_id: UUID
    adapter: str
    attempts: int

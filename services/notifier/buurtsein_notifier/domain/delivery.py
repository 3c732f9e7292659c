"""Defines a delivery: a row with one CAP message for BE-Alert; a worker leases the row to send the message."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from buurtsein_contracts.events.alert import FailureReason


class DeliveryState(StrEnum):
    """The state of a delivery, from when it is queued to its final outcome."""

    READY = "ready"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    PARTIAL = "partial"
    """Some networks have the message, and the other ones never got it, or nobody knows whether they did."""
    NOT_ALLOWED = "not_allowed"
    """A rule of the peer or a limit of the adapter forbids the message."""
    WITHDRAWN = "withdrawn"
    """Police cancelled the delivery before its message was sent."""
    BLOCKED = "blocked"
    """The message was not sent, because this installation may not send it or no network may get it any more."""


Settled = Literal["sent", "failed"]
"""What a person can report about a delivery with an unknown outcome."""

FAILURES = {
    DeliveryState.FAILED: FailureReason.REFUSED,
    DeliveryState.UNKNOWN: FailureReason.UNKNOWN,
    DeliveryState.BLOCKED: FailureReason.BLOCKED,
    DeliveryState.NOT_ALLOWED: FailureReason.POLICY,
}
"""The reason in AlertFailed for a delivery that was given up."""


@dataclass(frozen=True, slots=True)
class LeasedDelivery:
    """A delivery that one worker may send until its lease ends; then another worker may take the lease."""

    delivery_id: UUID
    alert_id: UUID
    cap_identifier: str
    adapter: str
    """The name of the adapter that sends it, or sent it."""
    xml: bytes
    attempts: int
    find_first: bool
    """True when the peer may have the message already; it must be asked before the message is sent."""
    reached: frozenset[str]
    """The ids of the networks for which the peer has the message; these never get it again."""
    lease: UUID
    correlation_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class OverdueDelivery:
    """A delivery whose message expired before it was sent."""

    delivery_id: UUID
    alert_id: UUID
    adapter: str
    reached: frozenset[str]
    correlation_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A delivery with an unknown outcome: the message may or may not have arrived."""

    delivery_id: UUID
    adapter: str
    attempts: int

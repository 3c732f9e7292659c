"""Where an alert stands, what people can do from there, and what it keeps of what they did."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import CancelReason
from buurtsein_notifier.domain.facts import Obstacle


class AlertState(StrEnum):
    """Where an alert stands."""

    PROPOSED = "PROPOSED"
    RELEASED = "RELEASED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    SENT = "SENT"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    CANCELLING = "CANCELLING"
    """It was sent, and the message that calls it off is on its way."""
    CANCELLED = "CANCELLED"


S = AlertState
ACTIONS: dict[str, frozenset[AlertState]] = {
    "release": frozenset({S.PROPOSED}),
    "refuse": frozenset({S.PROPOSED}),
    "settle": frozenset({S.UNKNOWN, S.CANCELLING}),
    "cancel": frozenset({S.RELEASED, S.SENT}),
}
"""What people can do, and in which states."""
TOLD = {
    S.PROPOSED: "is nog niet vrijgegeven",
    S.RELEASED: "is vrijgegeven en wordt verstuurd",
    S.REFUSED: "is geweigerd",
    S.EXPIRED: "is vervallen",
    S.SENT: "is verstuurd",
    S.FAILED: "kon niet verstuurd worden",
    S.UNKNOWN: "is misschien verstuurd, zoek dat eerst uit",
    S.CANCELLING: "wordt ingetrokken",
    S.CANCELLED: "is ingetrokken",
}
"""Each state in Dutch, after "de waarschuwing"."""


class Released(BaseModel):
    """One person's release."""

    actor: str
    released_at: datetime


class LeftOut(BaseModel):
    """A network that the alert did not go to, and why."""

    network_id: UUID
    reason: Obstacle
    seen_at: datetime


class Cancellation(BaseModel):
    """A person's decision to call off what was released."""

    reason: CancelReason
    actor: str
    asked_at: datetime
    cap_identifier: str | None = None
    """The message that tells so; none when nothing had been sent."""

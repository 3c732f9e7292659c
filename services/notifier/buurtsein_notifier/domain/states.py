"""Defines the states of an alert, the actions that people can take in each, and what is stored of these actions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import CancelReason
from buurtsein_notifier.domain.facts import Obstacle


class AlertState(StrEnum):
    """The state of an alert, from its proposal by a rule to its end; ACTIONS says which action each state allows."""

    PROPOSED = "PROPOSED"
    RELEASED = "RELEASED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    SENT = "SENT"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    CANCELLING = "CANCELLING"
    """The alert was sent, and the message that cancels it is being sent."""
    CANCELLED = "CANCELLED"


S = AlertState
ACTIONS: dict[str, frozenset[AlertState]] = {
    "release": frozenset({S.PROPOSED}),
    "refuse": frozenset({S.PROPOSED}),
    "settle": frozenset({S.UNKNOWN, S.CANCELLING}),
    "cancel": frozenset({S.RELEASED, S.SENT}),
}
"""The actions that people can take on an alert, and the states in which each is possible."""
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
"""The words for each state in Dutch, to put after "de waarschuwing"."""


class Released(BaseModel):
    """The release of an alert by one person; some alerts need the release of two persons."""

    actor: str
    released_at: datetime


class LeftOut(BaseModel):
    """A network to which the alert was not sent, and why."""

    network_id: UUID
    reason: Obstacle
    seen_at: datetime


class Cancellation(BaseModel):
    """A person's decision to cancel a released alert."""

    reason: CancelReason
    actor: str
    asked_at: datetime
    cap_identifier: str | None = None
    """The identifier of the cancelling message; None when nothing had been sent."""

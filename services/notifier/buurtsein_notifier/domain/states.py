"""Where an alert stands, what people can do from there, and what it keeps of what they did."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

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


S = AlertState
ACTIONS: dict[str, frozenset[AlertState]] = {
    "release": frozenset({S.PROPOSED}),
    "refuse": frozenset({S.PROPOSED}),
    "settle": frozenset({S.UNKNOWN}),
}
"""What people can do, and in which states."""


class Released(BaseModel):
    """One person's release."""

    actor: str
    released_at: datetime


class LeftOut(BaseModel):
    """A network that the alert did not go to, and why."""

    network_id: UUID
    reason: Obstacle
    seen_at: datetime

"""Defines the states of an alert, the actions that people can take in each, and what is stored of these actions."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import CancelReason
from buurtsein_notifier.domain.facts import Obstacle


class AlertState(StrEnum):
    """The state of an alert, from its proposal by a rule to its end; ACTIONS says which action each state allows."""

    DRAFT = "DRAFT"
    """A person is writing the alert; police have not been asked to release it yet."""
    PROPOSED = "PROPOSED"
    RETURNED = "RETURNED"
    """Police want the text or the audience changed before they decide."""
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
    "edit": frozenset({S.DRAFT, S.PROPOSED, S.RETURNED}),
    "propose": frozenset({S.DRAFT, S.RETURNED}),
    "release": frozenset({S.PROPOSED}),
    "refuse": frozenset({S.DRAFT, S.PROPOSED, S.RETURNED}),
    "return": frozenset({S.PROPOSED}),
    "break_glass": frozenset({S.PROPOSED}),
    "hold": frozenset({S.RELEASED}),
    "settle": frozenset({S.UNKNOWN, S.CANCELLING}),
    "cancel": frozenset({S.RELEASED, S.SENT}),
    "follow_up": frozenset({S.SENT}),
}
"""The actions that people can take on an alert, and the states in which each is possible."""
OPEN = frozenset({S.DRAFT, S.PROPOSED, S.RETURNED})
"""The states in which nobody has decided yet; an alert leaves them at its deadline at the latest."""
TOLD = {
    S.DRAFT: "is nog niet voorgelegd",
    S.RETURNED: "is teruggegeven om ze aan te passen",
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


class Feedback(BaseModel):
    """The feedback that the police owe the members about a hot alert, and how they gave it."""

    due_at: datetime
    opened_at: datetime
    given_at: datetime | None = None
    given_by: str | None = None
    """The person who released the feedback, or who wrote down that it was given in another way."""

    @property
    def on_time(self) -> bool:
        """Return whether the feedback was given before it was due."""
        return self.given_at is not None and self.given_at <= self.due_at


class Origin(StrEnum):
    """Who made an alert: a rule from reports, the police, or a coordinator of a network."""

    RULE = "rule"
    POLICE = "police"
    COORDINATOR = "coordinator"
    CALENDAR = "calendar"
    """The service, for a campaign of the calendar."""
    DIGEST = "digest"
    """The service, of many reports that were held back."""


class BreakGlass(BaseModel):
    """A release by one person in an emergency, without the releases that the alert needs, and the audit of it."""

    actor: str
    reason: str
    at: datetime
    verdict: Literal["justified", "not_justified"] | None = None
    """The verdict of the korpschef; None until there is one."""
    audited_by: str | None = None
    audited_at: datetime | None = None


class HeldBack(BaseModel):
    """A person's decision to hold back the message of one alert, until somebody lets it go again."""

    actor: str
    reason: str
    at: datetime


class Released(BaseModel):
    """The release of an alert by one person; some alerts need the release of two persons."""

    actor: str
    released_at: datetime
    content: str | None = None
    """The hash of the content that the person released; None in a document of release 1.0.0 or before."""


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
    first_actor: str | None = None
    """The first of two persons who decided to cancel the alert; None when one person is enough."""
    cap_identifier: str | None = None
    """The identifier of the cancelling message; None when nothing had been sent."""

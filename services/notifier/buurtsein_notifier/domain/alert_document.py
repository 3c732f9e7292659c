"""Defines the stored document of an alert: its content, networks, state, decisions and steps.

`alert.py` has the transitions, which change the alert and return events or raise DomainError.
"""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field, PrivateAttr, field_serializer

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.alert import AlertKind, CapStatus, Purpose, RefusalReason, Release
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import conflict
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain.joining import Earlier
from buurtsein_notifier.domain.marking import as_told, mark_of
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.states import (
    ACTIONS,
    OPEN,
    TOLD,
    AlertState,
    BreakGlass,
    Cancellation,
    Feedback,
    HeldBack,
    LeftOut,
    Origin,
    Released,
)
from buurtsein_notifier.domain.steps import FIRST, Step, StepKind
from buurtsein_notifier.domain.texts import DUTCH, Texts


class AlertDocument(BaseModel):
    """What is stored of one alert; it names persons by pseudonym."""

    alert_id: UUID = Field(default_factory=uuid7)
    status: CapStatus
    """Whether the alert is real or an exercise; this is set at the proposal, and is in each event and the message."""
    origin: Origin = Origin.RULE
    authors: list[str] = []
    """Everybody who wrote, changed or returned the alert; none of them can release it."""
    purpose: Purpose = Purpose.ALERT
    follows: UUID | None = None
    """The first alert, to which this one is an update, an all-clear or feedback."""
    references: list[str] = []
    """The messages that this one follows, as CAP names them: sender, identifier and time."""
    rule: str
    """The id of the rule, or the origin of an alert that a person wrote."""
    rule_version: int
    kind: AlertKind
    category: Category
    severity: Severity
    texts: Texts
    translations: dict[str, Texts]
    """The texts in other languages than Dutch, by language code."""
    certainty: Certainty
    response: list[ResponseType]
    channels: list[Channel]
    release_roles: frozenset[str]
    why: str
    release_by: Release
    report_ids: list[UUID]
    """The ids of the first reports, at the proposal; later reports are in the table `alert_fact`."""
    facts: int
    """The number of facts (things that happened) at the proposal; several reports are often about one of them."""
    reports: int
    earlier: list[Earlier]
    """Earlier alerts of the same rule nearby on which police decided."""
    area: Area | None = None
    """The area that a person drew, or the surroundings of a place; None when networks were chosen."""
    network_ids: list[UUID]
    left_out: list[LeftOut] = []
    """The networks of `network_ids` that could not be alerted at the release or the delivery."""
    proposed_at: datetime
    expires_at: datetime
    """The end of the time in which police can decide."""
    valid_minutes: int
    """For how many minutes the message is valid after the release."""
    valid_until: datetime | None = None
    state: AlertState = AlertState.PROPOSED
    releases: list[Released] = []
    break_glass: BreakGlass | None = None
    held_back: HeldBack | None = None
    """Who holds back the message of the alert; the message is not sent meanwhile."""
    released_at: datetime | None = None
    reports_at_release: int | None = None
    """The number of reports that belonged to the alert at its release."""
    refusal: RefusalReason | None = None
    refused_by: str | None = None
    settled_by: str | None = None
    """The person who reported the outcome of a delivery with an unknown outcome."""
    sent_at: datetime | None = None
    costs: list[MessageCost] | None = None
    """The costs of the alert's messages, by network; None until the alert is sent."""
    feedback: Feedback | None = None
    """The feedback that is owed since a hot alert was sent."""
    cancellation: Cancellation | None = None
    cancel_messages: int = 0
    """The number of cancelling messages so far; each has its own identifier."""
    cap_identifier: str | None = None
    version: int = 1
    steps: int = 0
    """The number of steps so far, and the hash of the last one (`steps.py`)."""
    last_step: str = FIRST
    _noted: list[Step] = PrivateAttr(default_factory=list)

    @field_serializer("release_roles")
    def _in_order(self, roles: frozenset[str]) -> list[str]:
        """Return the roles sorted, because a set's order, and so the ETag, would differ between processes."""
        return sorted(roles)

    def note(  # each is a part of the step
        self,
        kind: StepKind,
        now: datetime,
        actor: str | None = None,
        why: str | None = None,
        *,
        tag: str | None = None,
        content: str | None = None,
    ) -> None:
        """Add a step; the store writes it together with the alert."""
        self.steps += 1
        made = Step(
            number=self.steps,
            kind=kind,
            at=now,
            actor=actor,
            why=why,
            tag=tag,
            content=content,
            previous=self.last_step,
        )
        made.digest = self.last_step = made.linked(self.alert_id)
        self._noted.append(made)

    def take_steps(self) -> list[Step]:
        """Return the steps that are not stored yet, so that the store can write them."""
        taken, self._noted = self._noted, []
        return taken

    def holds_until(self, now: datetime) -> datetime:
        """Return the end of the message's validity; before the release, the end if the alert were released at `now`."""
        return self.valid_until or now + timedelta(minutes=self.valid_minutes)

    @property
    def languages(self) -> dict[str, Texts]:
        """Return the alert's texts by language code, Dutch first."""
        return {DUTCH: self.texts} | self.translations

    @property
    def told(self) -> dict[str, Texts]:
        """Return the texts by language as members read them; those of an exercise or a test are marked."""
        return {one: as_told(texts, mark_of(self.status, one)) for one, texts in self.languages.items()}

    @property
    def recipients(self) -> list[UUID]:
        """Return the ids of the networks to alert, without those in `left_out`."""
        without = {one.network_id for one in self.left_out}
        return [network_id for network_id in self.network_ids if network_id not in without]

    @property
    def words(self) -> str:
        """Return the text in which lists search for words."""
        return f"{self.texts.event} {self.texts.headline} {self.texts.description} {self.why}"

    def allowed(self) -> list[str]:
        """Return the actions on this alert that are possible in its present state."""
        return allowed(ACTIONS, self.state)

    def require(self, action: str, now: datetime) -> None:
        """Raise DomainError `expired`, or `transition_refused` when the action is not possible in this state."""
        if self.state is AlertState.EXPIRED or self.is_overdue(now):
            raise conflict("expired", "Deze waarschuwing is vervallen.")
        self.require_state(action)

    def require_state(self, action: str) -> None:
        """Raise DomainError `transition_refused` when the action is not possible in this state."""
        require_allowed(ACTIONS, action, self.state, f"Dit kan nu niet: de waarschuwing {TOLD[self.state]}.")

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the deadline for a decision has passed without a decision."""
        return self.state in OPEN and now >= self.expires_at

"""An alert, from a rule's proposal through the police's decision to what became of its delivery.

Invariant: nothing leaves that was not released as its rule demands; two officers are two persons; what is released is
the text as proposed. Every method either returns the events that happened or raises DomainError.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field, field_serializer

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import (
    AlertCancelled,
    AlertExpired,
    AlertFailed,
    AlertProposed,
    AlertRefused,
    AlertReleased,
    AlertSent,
)
from buurtsein_contracts.events.alert import AlertKind, CancelReason, CapStatus, FailureReason, RefusalReason, Release
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import conflict, forbidden
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain.delivery import Settled, UnknownDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.joining import Earlier
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.states import ACTIONS, TOLD, AlertState, Cancellation, LeftOut, Released
from buurtsein_notifier.domain.texts import DUTCH, Texts

DECIDED = frozenset(
    ("state", "releases", "released_at", "reports_at_release", "refusal", "refused_by", "settled_by", "cap_identifier")
) | {"version"}
"""What decisions change in an alert; all else was read by who decides."""


class Alert(BaseModel):
    """One alert; persons by pseudonym."""

    alert_id: UUID = Field(default_factory=uuid7)
    status: CapStatus
    """Whether it is for real, from its proposal on; each event and the message say so."""
    rule: str
    rule_version: int
    kind: AlertKind
    category: Category
    severity: Severity
    texts: Texts
    translations: dict[str, Texts]
    """The texts in other languages, by their code."""
    certainty: Certainty
    response: list[ResponseType]
    channels: list[Channel]
    release_roles: frozenset[str]
    why: str
    release_by: Release
    report_ids: list[UUID]
    """The first ones, at the proposal; what comes later is kept beside the alert."""
    facts: int
    """How many facts there were at the proposal, of how many reports: several reports are often about one fact."""
    reports: int
    earlier: list[Earlier]
    """What police decided before about the same."""
    network_ids: list[UUID]
    left_out: list[LeftOut] = []
    """Those of `network_ids` that could not be alerted when it was released, or sent."""
    proposed_at: datetime
    expires_at: datetime
    """Until when somebody may decide."""
    valid_minutes: int
    """How long it holds from its release on."""
    valid_until: datetime | None = None
    state: AlertState = AlertState.PROPOSED
    releases: list[Released] = []
    released_at: datetime | None = None
    reports_at_release: int | None = None
    """How many reports it held when it was released; those that came since follow up on it."""
    refusal: RefusalReason | None = None
    refused_by: str | None = None
    settled_by: str | None = None
    """Who found out what became of a delivery whose outcome was unknown."""
    cancellation: Cancellation | None = None
    cancel_messages: int = 0
    """How many messages to call it off were made: each has an identifier of its own."""
    cap_identifier: str | None = None
    version: int = 1

    @field_serializer("release_roles")
    def _in_order(self, roles: frozenset[str]) -> list[str]:
        """The same in every process, as the tag is."""
        return sorted(roles)

    def proposal(self) -> AlertProposed:
        """The event of its making."""
        return AlertProposed(
            alert_id=self.alert_id,
            status=self.status,
            kind=self.kind,
            category=self.category,
            severity=self.severity,
            rule=f"{self.rule}/{self.rule_version}",
            why=self.why,
            release=self.release_by,
            report_ids=self.report_ids,
            network_ids=self.network_ids,
            expires_at=self.expires_at,
            proposed_at=self.proposed_at,
        )

    def release(self, actor: str, now: datetime) -> bool:
        """A person's release; True when no other is needed."""
        self._require("release", now)
        if any(given.actor == actor for given in self.releases):
            raise forbidden("same_person", "Een tweede politiemedewerker moet deze waarschuwing ook vrijgeven.")
        self.releases.append(Released(actor=actor, released_at=now))
        needed = 2 if self.release_by is Release.TWO_OFFICERS else 1
        return len(self.releases) >= needed

    def holds_until(self, now: datetime) -> datetime:
        """Until when the message holds; for one that was not released yet, as if it were released now."""
        return self.valid_until or now + timedelta(minutes=self.valid_minutes)

    @property
    def languages(self) -> dict[str, Texts]:
        """The texts by language, Dutch first."""
        return {DUTCH: self.texts} | self.translations

    @property
    def recipients(self) -> list[UUID]:
        """The networks that it is for, without those left out."""
        without = {one.network_id for one in self.left_out}
        return [network_id for network_id in self.network_ids if network_id not in without]

    def leave_out(self, networks: Sequence[Network], now: datetime) -> list[Network]:
        """Those of its networks that can be alerted at this moment; the others are kept with the reason.

        Raises DomainError `no_network_left` when none can.
        """
        obstacles = {one.network_id: one.obstacle(brussels_day(now)) for one in networks}
        self.left_out = [one for one in self.left_out if one.network_id not in obstacles] + [
            LeftOut(network_id=network_id, reason=reason, seen_at=now)
            for network_id, reason in obstacles.items()
            if reason
        ]
        left = [one for one in networks if obstacles[one.network_id] is None]
        if not left:
            told = "; ".join(f"{one.name} {reason.told}" for one in networks if (reason := obstacles[one.network_id]))
            raise conflict(
                "no_network_left", f"Geen enkel netwerk kan deze waarschuwing nu krijgen: {told}.", self.allowed()
            )
        return left

    def leave(self, cap_identifier: str, reports: int, now: datetime) -> Sequence[EventData]:
        """It is released while it holds so many reports, and waits for its delivery."""
        self.state, self.reports_at_release = AlertState.RELEASED, reports
        self.valid_until = self.holds_until(now)
        self.released_at, self.cap_identifier = now, cap_identifier
        return [
            AlertReleased(
                alert_id=self.alert_id,
                status=self.status,
                cap_identifier=cap_identifier,
                actors=[given.actor for given in self.releases],
                released_at=now,
            )
        ]

    def refuse(self, reason: RefusalReason, actor: str, now: datetime) -> Sequence[EventData]:
        """Police decide not to send it."""
        self._require("refuse", now)
        self.state = AlertState.REFUSED
        self.refusal, self.refused_by = reason, actor
        return [AlertRefused(alert_id=self.alert_id, status=self.status, reason=reason, actor=actor, refused_at=now)]

    def is_overdue(self, now: datetime) -> bool:
        """Whether nobody decided in time."""
        return self.state is AlertState.PROPOSED and now >= self.expires_at

    def expire(self, now: datetime) -> Sequence[EventData]:
        """It is over when nobody decided in time; nothing happens before, or when somebody decided after all."""
        if not self.is_overdue(now):
            return []
        self.state = AlertState.EXPIRED
        return [AlertExpired(alert_id=self.alert_id, status=self.status, expired_at=now)]

    def sent(self, adapter: str, reference: str | None, attempts: int, now: datetime) -> Sequence[EventData]:
        """BE-Alert has it, or has the message that calls it off."""
        if self.state is AlertState.CANCELLING:
            return self.called_off(now)
        self.state = AlertState.SENT
        return [
            AlertSent(
                alert_id=self.alert_id,
                status=self.status,
                cap_identifier=self.cap_identifier or "",
                adapter=adapter,
                external_reference=reference,
                attempts=max(attempts, 1),
                sent_at=now,
            )
        ]

    def failed(self, adapter: str, reason: FailureReason, attempts: int, now: datetime) -> Sequence[EventData]:
        """It will not be tried again; with an unknown outcome a person must find out.

        When it is the message that calls it off, the alert still stands: no event tells of that.
        """
        if self.state is AlertState.CANCELLING:
            self.state = AlertState.CANCELLING if reason is FailureReason.UNKNOWN else AlertState.SENT
            return []
        self.state = AlertState.UNKNOWN if reason is FailureReason.UNKNOWN else AlertState.FAILED
        return [
            AlertFailed(
                alert_id=self.alert_id,
                status=self.status,
                cap_identifier=self.cap_identifier or "",
                adapter=adapter,
                reason=reason,
                attempts=attempts,
                failed_at=now,
            )
        ]

    def settle(
        self, delivery: UnknownDelivery | None, outcome: Settled, reference: str | None, actor: str, now: datetime
    ) -> Sequence[EventData]:
        """A person found out what became of the delivery whose outcome is unknown; None when there is no such one."""
        self._require_state("settle")
        if delivery is None:
            raise conflict("transition_refused", "Er is geen verzending waarvan de afloop onbekend is.")
        self.settled_by = actor
        if outcome == "sent":
            return self.sent(delivery.adapter, reference, delivery.attempts, now)
        return self.failed(delivery.adapter, FailureReason.NOT_ARRIVED, delivery.attempts, now)

    def cancel(self, reason: CancelReason, actor: str, now: datetime) -> None:
        """A person calls it off; call `called_off` or `call_off` next, for what was not sent or was."""
        self._require_state("cancel")
        self.cancellation = Cancellation(reason=reason, actor=actor, asked_at=now)

    def call_off(self, cap_identifier: str) -> None:
        """It was sent, so a message must tell; it waits for its delivery."""
        self.state = AlertState.CANCELLING
        self.cancel_messages += 1
        self._called_off.cap_identifier = cap_identifier

    def called_off(self, now: datetime) -> Sequence[EventData]:
        """Nothing was sent, or BE-Alert has the message that tells."""
        self.state = AlertState.CANCELLED
        return [
            AlertCancelled(
                alert_id=self.alert_id,
                status=self.status,
                cap_identifier=self._called_off.cap_identifier,
                references=[self.cap_identifier or ""],
                reason=self._called_off.reason,
                actors=[self._called_off.actor],
                cancelled_at=now,
            )
        ]

    @property
    def _called_off(self) -> Cancellation:
        if self.cancellation is None:
            raise ValueError("nobody called it off")
        return self.cancellation

    def require_role(self, roles: Collection[str]) -> None:
        """Whether somebody with these roles may decide about it; DomainError `role_missing`."""
        if not self.release_roles.intersection(roles):
            raise forbidden("role_missing", "U hebt niet de rol die hiervoor nodig is.")

    def tag(self, networks: Sequence[Network]) -> str:
        """A hash of what a release depends on: texts, channel, validity, and its networks with their areas."""
        read = self.model_dump(mode="json", exclude=set(DECIDED))
        addressed = [
            network.model_dump(mode="json", include={"network_id", "name", "nis", "area"}) for network in networks
        ]
        return hashlib.sha256(json.dumps([read, addressed], sort_keys=True).encode()).hexdigest()[:32]

    def allowed(self) -> list[str]:
        """What can happen from here."""
        return allowed(ACTIONS, self.state)

    def _require(self, action: str, now: datetime) -> None:
        if self.state is AlertState.EXPIRED or self.is_overdue(now):
            raise conflict("expired", "Deze waarschuwing is vervallen.")
        self._require_state(action)

    def _require_state(self, action: str) -> None:
        require_allowed(ACTIONS, action, self.state, f"Dit kan nu niet: de waarschuwing {TOLD[self.state]}.")

"""Defines the aggregate of an alert: a rule proposes it, police decide on it, and it is delivered.

Invariant: an alert is only sent after the release that its rule asks for, with the text that was proposed; a release
by two officers needs two different persons. Methods that change the alert return events or raise DomainError.
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
"""The fields that decisions change; all other fields are what an officer reads before a decision."""


class Alert(BaseModel):
    """One alert; it names persons by pseudonym."""

    alert_id: UUID = Field(default_factory=uuid7)
    status: CapStatus
    """Whether the alert is real or an exercise; this is set at the proposal, and is in each event and the message."""
    rule: str
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
    released_at: datetime | None = None
    reports_at_release: int | None = None
    """The number of reports that belonged to the alert at its release."""
    refusal: RefusalReason | None = None
    refused_by: str | None = None
    settled_by: str | None = None
    """The person who reported the outcome of a delivery with an unknown outcome."""
    cancellation: Cancellation | None = None
    cancel_messages: int = 0
    """The number of cancelling messages so far; each has its own identifier."""
    cap_identifier: str | None = None
    version: int = 1

    @field_serializer("release_roles")
    def _in_order(self, roles: frozenset[str]) -> list[str]:
        """Return the roles sorted, because a set's order, and so the ETag, would differ between processes."""
        return sorted(roles)

    def proposal(self) -> AlertProposed:
        """Return the event AlertProposed for this alert."""
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
        """Store one person's release of the alert; return True when no second person has to release it."""
        self._require("release", now)
        if any(given.actor == actor for given in self.releases):
            raise forbidden("same_person", "Een tweede politiemedewerker moet deze waarschuwing ook vrijgeven.")
        self.releases.append(Released(actor=actor, released_at=now))
        needed = 2 if self.release_by is Release.TWO_OFFICERS else 1
        return len(self.releases) >= needed

    def holds_until(self, now: datetime) -> datetime:
        """Return the end of the message's validity; before the release, the end if the alert were released at `now`."""
        return self.valid_until or now + timedelta(minutes=self.valid_minutes)

    @property
    def languages(self) -> dict[str, Texts]:
        """Return the alert's texts by language code, Dutch first."""
        return {DUTCH: self.texts} | self.translations

    @property
    def recipients(self) -> list[UUID]:
        """Return the ids of the networks to alert, without those in `left_out`."""
        without = {one.network_id for one in self.left_out}
        return [network_id for network_id in self.network_ids if network_id not in without]

    def leave_out(self, networks: Sequence[Network], now: datetime) -> list[Network]:
        """Return the networks that can be alerted now; store the other networks in `left_out` with the reason.

        Raises DomainError `no_network_left` when no network can be alerted.
        """
        obstacles = {one.network_id: one.obstacle(brussels_day(now)) for one in networks}
        self.left_out = [one for one in self.left_out if one.network_id not in obstacles] + [
            LeftOut(network_id=network_id, reason=reason, seen_at=now)
            for network_id, reason in obstacles.items()
            if reason
        ]
        left = [one for one in networks if obstacles[one.network_id] is None]
        if not left:
            reasons = [f"{one.name} {reason.in_dutch}" for one in networks if (reason := obstacles[one.network_id])]
            detail = f"Geen enkel netwerk kan deze waarschuwing nu krijgen: {'; '.join(reasons)}."
            raise conflict("no_network_left", detail, self.allowed())
        return left

    def released(self, cap_identifier: str, reports: int, now: datetime) -> Sequence[EventData]:
        """Set the state RELEASED and return AlertReleased; `reports` is the number of reports about the alert now."""
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
        """Set the state REFUSED, because police decide not to send the alert; return AlertRefused."""
        self._require("refuse", now)
        self.state = AlertState.REFUSED
        self.refusal, self.refused_by = reason, actor
        return [AlertRefused(alert_id=self.alert_id, status=self.status, reason=reason, actor=actor, refused_at=now)]

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the deadline for a decision has passed without a decision."""
        return self.state is AlertState.PROPOSED and now >= self.expires_at

    def expire(self, now: datetime) -> Sequence[EventData]:
        """Set the state EXPIRED and return AlertExpired if nobody decided in time; else return no event."""
        if not self.is_overdue(now):
            return []
        self.state = AlertState.EXPIRED
        return [AlertExpired(alert_id=self.alert_id, status=self.status, expired_at=now)]

    def sent(self, adapter: str, reference: str | None, attempts: int, now: datetime) -> Sequence[EventData]:
        """Store that BE-Alert has the message; return AlertSent, or AlertCancelled for the cancelling message."""
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
        """Store that the delivery of the alert has failed for good, and return AlertFailed.

        After an unknown outcome a person must find out whether the message arrived. When a cancelling message fails,
        the alert stays in force, and there is no event.
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
        """Store a person's report whether the message arrived; raise DomainError when no delivery is `unknown`."""
        self._require_state("settle")
        if delivery is None:
            raise conflict("transition_refused", "Er is geen verzending waarvan de afloop onbekend is.")
        self.settled_by = actor
        if outcome == "sent":
            return self.sent(delivery.adapter, reference, delivery.attempts, now)
        return self.failed(delivery.adapter, FailureReason.NOT_ARRIVED, delivery.attempts, now)

    def cancel(self, reason: CancelReason, actor: str, now: datetime) -> None:
        """Store a person's decision to cancel; call `call_off` next if the alert was sent, else `called_off`."""
        self._require_state("cancel")
        self.cancellation = Cancellation(reason=reason, actor=actor, asked_at=now)

    def call_off(self, cap_identifier: str) -> None:
        """Set the state CANCELLING: the alert was sent, and a cancelling message must now be delivered."""
        self.state = AlertState.CANCELLING
        self.cancel_messages += 1
        self._called_off.cap_identifier = cap_identifier

    def called_off(self, now: datetime) -> Sequence[EventData]:
        """Set the state CANCELLED and return AlertCancelled; the alert was not sent, or its cancellation was sent."""
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
        """Raise DomainError `role_missing` unless somebody with these roles may decide on the alert."""
        if not self.release_roles.intersection(roles):
            raise forbidden("role_missing", "U hebt niet de rol die hiervoor nodig is.")

    def tag(self, networks: Sequence[Network]) -> str:
        """Return the ETag: a hash of all that an officer reads before a release, such as texts, networks and areas."""
        read = self.model_dump(mode="json", exclude=set(DECIDED))
        addressed = [
            network.model_dump(mode="json", include={"network_id", "name", "nis", "area"}) for network in networks
        ]
        return hashlib.sha256(json.dumps([read, addressed], sort_keys=True).encode()).hexdigest()[:32]

    def allowed(self) -> list[str]:
        """Return the actions on this alert that are possible in its present state."""
        return allowed(ACTIONS, self.state)

    def _require(self, action: str, now: datetime) -> None:
        if self.state is AlertState.EXPIRED or self.is_overdue(now):
            raise conflict("expired", "Deze waarschuwing is vervallen.")
        self._require_state(action)

    def _require_state(self, action: str) -> None:
        require_allowed(ACTIONS, action, self.state, f"Dit kan nu niet: de waarschuwing {TOLD[self.state]}.")

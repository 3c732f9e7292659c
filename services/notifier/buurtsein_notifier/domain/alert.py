"""An alert, from a rule's proposal through the police's decision to what became of its delivery.

Invariant: nothing leaves that was not released as its rule demands; two officers are two persons; what is released is
the text as proposed. Every method either returns the events that happened or raises DomainError.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import AlertExpired, AlertFailed, AlertProposed, AlertRefused, AlertReleased, AlertSent
from buurtsein_contracts.events.alert import AlertKind, CapStatus, FailureReason, RefusalReason, Release
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.problems import conflict, forbidden
from buurtsein_kernel.days import brussels_day
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain.facts import Fact, KnownNetwork
from buurtsein_notifier.domain.joining import Earlier
from buurtsein_notifier.domain.judgement import counted
from buurtsein_notifier.domain.rule import SEVERITIES, Channel, Rule
from buurtsein_notifier.domain.states import ACTIONS, AlertState, LeftOut, Released
from buurtsein_notifier.domain.texts import DUTCH, Texts

MAX_REPORTS = 200
"""What AlertProposed can carry."""
MAX_NETWORKS = 50
"""Idem."""


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
    translations: dict[str, Texts] = {}
    """The texts in other languages, by their code."""
    certainty: Certainty = Certainty.POSSIBLE
    response: list[ResponseType] = [ResponseType.MONITOR]
    channels: list[Channel] = []
    release_roles: frozenset[str] = frozenset({"officer"})
    why: str
    release_by: Release
    report_ids: list[UUID]
    """The first ones, at the proposal; what comes later is kept beside the alert."""
    facts: int = 1
    """How many facts there were at the proposal, of how many reports: several reports are often about one fact."""
    reports: int = 1
    earlier: list[Earlier] = []
    """What police decided before about the same."""
    network_ids: list[UUID]
    left_out: list[LeftOut] = []
    """Those of `network_ids` that could not be alerted when it was released, or sent."""
    proposed_at: datetime
    expires_at: datetime
    """Until when somebody may decide."""
    valid_minutes: int = 60
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
    cap_identifier: str | None = None
    version: int = 1

    @classmethod
    def propose(
        cls,
        rule: Rule,
        counting: Sequence[Fact],
        report_ids: Sequence[UUID],
        networks: Sequence[KnownNetwork],
        earlier: Sequence[Earlier],
        status: CapStatus,
        now: datetime,
    ) -> Self:
        """A new one, for networks that are not none; `report_ids` are the first reports of the facts that count.

        The fact that made it comes first in `counting`.
        """
        where = networks[0].shown_name + (" en omgeving" if len(networks) > 1 else "")
        texts = rule.texts(len(counting), (fact.category for fact in counting), where)
        return cls(
            status=status,
            rule=rule.id,
            rule_version=rule.version,
            kind=rule.kind,
            category=Category(counting[0].category),
            severity=_worst(counting),
            texts=texts.pop(DUTCH),
            translations=texts,
            certainty=rule.certainty,
            response=list(rule.response),
            channels=list(rule.channels),
            release_roles=rule.release_roles,
            why=f"{counted(rule, counting)} in {where}; drempel {rule.min_count}.",
            release_by=rule.release,
            report_ids=list(report_ids),
            facts=len(counting),
            reports=sum(fact.reports for fact in counting),
            earlier=list(earlier),
            network_ids=[network.network_id for network in networks],
            proposed_at=now,
            expires_at=now + timedelta(minutes=rule.decide_within_minutes),
            valid_minutes=rule.valid_minutes,
        )

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
            raise forbidden("same_person", "Een andere officier moet deze waarschuwing mee vrijgeven.")
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

    def leave_out(self, networks: Sequence[KnownNetwork], now: datetime) -> list[KnownNetwork]:
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

    def leave(self, cap_identifier: str, now: datetime) -> Sequence[EventData]:
        """It is released, and waits for its delivery."""
        self.state = AlertState.RELEASED
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
        """Nobody decided in time."""
        self.state = AlertState.EXPIRED
        return [AlertExpired(alert_id=self.alert_id, status=self.status, expired_at=now)]

    def sent(self, adapter: str, reference: str | None, attempts: int, now: datetime) -> Sequence[EventData]:
        """BE-Alert has it."""
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
        """It will not be tried again; with an unknown outcome a person must find out."""
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

    def settle(self, actor: str) -> None:
        """A person found out what became of it; `sent` or `failed` says what."""
        self._require_state("settle")
        self.settled_by = actor

    def tag(self, networks: Sequence[KnownNetwork]) -> str:
        """A hash of what a release depends on: texts, channel, validity, and its networks with their areas."""
        read = self.model_dump(mode="json", exclude=set(DECIDED))
        addressed = [
            network.model_dump(mode="json", include={"network_id", "name", "nis", "area"}) for network in networks
        ]
        return hashlib.sha256(json.dumps([read, addressed], sort_keys=True).encode()).hexdigest()[:32]

    def allowed(self) -> list[str]:
        """What can happen from here."""
        return [action for action, states in ACTIONS.items() if self.state in states]

    def _require(self, action: str, now: datetime) -> None:
        if self.state is AlertState.EXPIRED or self.is_overdue(now):
            raise conflict("expired", "Deze waarschuwing is vervallen.")
        self._require_state(action)

    def _require_state(self, action: str) -> None:
        if self.state not in ACTIONS[action]:
            raise conflict("transition_refused", f"Dit kan niet in de toestand {self.state}.", self.allowed())


def _worst(facts: Sequence[Fact]) -> Severity:
    """The worst severity known here; rules let no other through."""
    known = {Severity(one.severity) for one in facts if one.severity in set(map(str, SEVERITIES))}
    return max(known, key=SEVERITIES.index)

"""Defines the transitions of an alert: a rule or a person proposes it, police decide on it, and it is delivered.

Invariant: an alert is only sent after the release that its rule asks for, with the text that was proposed; a release
by two officers needs two different persons, neither of whom wrote the alert. Methods that change the alert return
events or raise DomainError.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import (
    AlertCancelled,
    AlertExpired,
    AlertFailed,
    AlertProposed,
    AlertRefused,
    AlertReleased,
    AlertSent,
    FeedbackDue,
)
from buurtsein_contracts.events.alert import (
    AlertKind,
    CancelReason,
    CapStatus,
    FailureReason,
    Purpose,
    RefusalReason,
    Release,
)
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import Word, conflict, forbidden
from buurtsein_notifier.domain.alert_document import AlertDocument
from buurtsein_notifier.domain.delivery import Settled, UnknownDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.feedback import FeedbackTerm
from buurtsein_notifier.domain.states import AlertState, Cancellation, Feedback, HeldBack, LeftOut, Released
from buurtsein_notifier.domain.steps import StepKind


class Alert(AlertDocument):
    """One alert, with the decisions about it and the outcomes of its deliveries."""

    def proposal(self) -> AlertProposed:
        """Return the event AlertProposed for this alert."""
        return AlertProposed(
            alert_id=self.alert_id,
            status=self.status,
            kind=self.kind,
            category=self.category,
            severity=self.severity,
            rule=f"{self.rule}/{self.rule_version}",
            follows=self.follows,
            why=self.why,
            release=self.release_by,
            report_ids=self.report_ids,
            network_ids=self.network_ids,
            expires_at=self.expires_at,
            proposed_at=self.proposed_at,
        )

    def release(self, actor: str, content: str, now: datetime, *, alone: bool = False) -> bool:
        """Store one person's release of the alert; return True when no second person has to release it.

        `content` is the hash of the content that the person read. Earlier releases of other content no longer count,
        for example when the area of a network has changed. With `alone`, one person may do the steps of several
        persons. This is for training, and never for a real alert.
        """
        self.require("release", now)
        alone = alone and self.status is not CapStatus.ACTUAL
        if actor in self.authors and not alone:
            detail = "Wie een waarschuwing schreef, wijzigde of teruggaf, geeft ze niet zelf vrij."
            raise forbidden("own_alert", detail)
        self.releases = [given for given in self.releases if given.content == content]
        if any(given.actor == actor for given in self.releases) and not alone:
            raise forbidden("same_person", "Een tweede politiemedewerker moet deze waarschuwing ook vrijgeven.")
        self.releases.append(Released(actor=actor, released_at=now, content=content))
        needed = 2 if self.release_by is Release.TWO_OFFICERS else 1
        return len(self.releases) >= needed

    def leave_out(
        self, networks: Sequence[Network], now: datetime, unmandated_until: date | None = None
    ) -> list[Network]:
        """Return the networks that can be alerted now; store the other networks in `left_out` with the reason.

        Raises DomainError `no_network_left` when no network can be alerted.
        """
        obstacles = {
            one.network_id: one.obstacle_to(self.kind, brussels_day(now), unmandated_until) for one in networks
        }
        self.left_out = [one for one in self.left_out if one.network_id not in obstacles] + [
            LeftOut(network_id=network_id, reason=reason, seen_at=now)
            for network_id, reason in obstacles.items()
            if reason
        ]
        left = [one for one in networks if obstacles[one.network_id] is None]
        if not left:
            reasons = [f"{one.name} {reason.in_dutch}" for one in networks if (reason := obstacles[one.network_id])]
            detail = f"Geen enkel netwerk kan deze waarschuwing nu krijgen: {'; '.join(reasons)}."
            barred = [reason.told(one.name) for one in networks if (reason := obstacles[one.network_id])]
            raise conflict("no_network_left", detail, self.allowed(), why=Word("no_network", "now"), reasons=barred)
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
                break_glass=True if self.break_glass else None,
                released_at=now,
            )
        ]

    def hold(self, reason: str, actor: str, now: datetime, *, on: bool) -> None:
        """Hold back the message of the alert, or let it go again; raise DomainError when it is not waiting to be sent.

        The end of the message's validity does not move; after that time the message is not sent.
        """
        self.require_state("hold")
        self.held_back = HeldBack(actor=actor, reason=reason, at=now) if on else None
        self.note(StepKind.HELD_BACK if on else StepKind.LET_GO, now, actor, reason)

    def refuse(self, reason: RefusalReason, actor: str, now: datetime) -> Sequence[EventData]:
        """Set the state REFUSED, because police decide not to send the alert; return AlertRefused."""
        self.require("refuse", now)
        never_proposed = self.state is AlertState.DRAFT
        self.state = AlertState.REFUSED
        self.refusal, self.refused_by = reason, actor
        self.note(StepKind.REFUSED, now, actor, reason)
        if never_proposed:
            return []
        return [AlertRefused(alert_id=self.alert_id, status=self.status, reason=reason, actor=actor, refused_at=now)]

    def expire(self, now: datetime) -> Sequence[EventData]:
        """Set the state EXPIRED and return AlertExpired if nobody decided in time; else return no event."""
        if not self.is_overdue(now):
            return []
        never_proposed = self.state is AlertState.DRAFT
        self.state = AlertState.EXPIRED
        self.note(StepKind.EXPIRED, now)
        if never_proposed:
            return []
        return [AlertExpired(alert_id=self.alert_id, status=self.status, expired_at=now)]

    def sent(
        self, adapter: str, reference: str | None, attempts: int, now: datetime, term: FeedbackTerm
    ) -> Sequence[EventData]:
        """Store that BE-Alert has the message; return AlertSent, or AlertCancelled for the cancelling message.

        After AlertSent of a hot alert comes FeedbackDue, if by `term` the police owe feedback about the alert.
        """
        if self.state is AlertState.CANCELLING:
            return self.called_off(now)
        self.state, self.sent_at = AlertState.SENT, now
        self.note(StepKind.SENT, now, why=" ".join(filter(None, (adapter, reference))))
        sent = AlertSent(
            alert_id=self.alert_id,
            status=self.status,
            cap_identifier=self.cap_identifier or "",
            adapter=adapter,
            external_reference=reference,
            attempts=max(attempts, 1),
            costs=self.costs,
            sent_at=now,
        )
        return [sent, *self._owes_feedback(term.due(self.status, now), now)]

    def _owes_feedback(self, due_at: datetime | None, now: datetime) -> Sequence[EventData]:
        """Note that the police owe the members feedback about a hot alert; return FeedbackDue."""
        if due_at is None or self.kind is not AlertKind.HOT or self.purpose is not Purpose.ALERT or self.feedback:
            return []
        self.feedback = Feedback(due_at=due_at, opened_at=now)
        return [
            FeedbackDue(
                alert_id=self.alert_id,
                status=self.status,
                network_ids=self.recipients,
                due_at=due_at,
                opened_at=now,
            )
        ]

    def failed(self, adapter: str, reason: FailureReason, attempts: int, now: datetime) -> Sequence[EventData]:
        """Store that the delivery of the alert has failed for good, and return AlertFailed.

        After an unknown outcome a person or the peer must say whether the message arrived. When a cancelling message
        fails, the alert stays in force, and there is no event.
        """
        self.note(StepKind.FAILED, now, why=f"{adapter} {reason}")
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
        self,
        delivery: UnknownDelivery | None,
        outcome: Settled,
        reference: str | None,
        actor: str | None,
        now: datetime,
        term: FeedbackTerm,
    ) -> Sequence[EventData]:
        """Store whether the message arrived, as reported by a person (`actor`) or, if `actor` is None, by the peer.

        Raises:
            DomainError: `transition_refused` when no delivery is `unknown`.
        """
        self.require_state("settle")
        if delivery is None:
            raise conflict("transition_refused", "Er is geen verzending waarvan de afloop onbekend is.")
        self.settled_by = actor
        self.note(StepKind.SETTLED, now, actor, outcome if actor else f"{outcome}, {delivery.adapter}")
        if outcome == "sent":
            return self.sent(delivery.adapter, reference, delivery.attempts, now, term)
        return self.failed(delivery.adapter, FailureReason.NOT_ARRIVED, delivery.attempts, now)

    def cancel(self, reason: CancelReason, actor: str, now: datetime, *, alone: bool = False) -> bool:
        """Store a person's decision to cancel; return False when a second person must decide it too.

        A second person is needed for an alert that was sent after a release by two officers. After True, call
        `call_off` if the alert was sent, else `called_off`. `alone` has the same effect as in `release`.
        """
        self.require_state("cancel")
        asked = self.cancellation
        self.note(StepKind.CANCEL_ASKED, now, actor, reason)
        self.cancellation = Cancellation(reason=reason, actor=actor, asked_at=now)
        two = self.state is AlertState.SENT and self.release_by is Release.TWO_OFFICERS
        if not two:
            return True
        if asked is None or asked.reason is not reason or asked.cap_identifier:
            return False
        if asked.actor == actor and not (alone and self.status is not CapStatus.ACTUAL):
            raise forbidden("same_person", "Een tweede politiemedewerker moet deze waarschuwing ook intrekken.")
        self.cancellation.first_actor = asked.actor
        return True

    def call_off(self, cap_identifier: str) -> None:
        """Set the state CANCELLING: the alert was sent, and a cancelling message must now be delivered."""
        self.state = AlertState.CANCELLING
        self.cancel_messages += 1
        self._called_off.cap_identifier = cap_identifier

    def called_off(self, now: datetime) -> Sequence[EventData]:
        """Set the state CANCELLED and return AlertCancelled; the alert was not sent, or its cancellation was sent."""
        self.state = AlertState.CANCELLED
        self.note(StepKind.CANCELLED, now)
        return [
            AlertCancelled(
                alert_id=self.alert_id,
                status=self.status,
                cap_identifier=self._called_off.cap_identifier,
                references=self.message_identifiers if self._called_off.cap_identifier else [self.cap_identifier or ""],
                reason=self._called_off.reason,
                actors=[one for one in (self._called_off.first_actor, self._called_off.actor) if one],
                cancelled_at=now,
            )
        ]

    @property
    def message_identifiers(self) -> list[str]:
        """Return the identifiers of the messages that a cancellation takes back, the first one first."""
        return [one.split(",")[1] for one in self.references] or [self.cap_identifier or ""]

    @property
    def _called_off(self) -> Cancellation:
        if self.cancellation is None:
            raise ValueError("nobody called it off")
        return self.cancellation

    def require_role(self, roles: Collection[str]) -> None:
        """Raise DomainError `role_missing` unless somebody with these roles may decide on the alert."""
        if not self.release_roles.intersection(roles):
            raise forbidden("role_missing", "U hebt niet de rol die hiervoor nodig is.")

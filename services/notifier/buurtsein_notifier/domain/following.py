"""Makes a message that follows an alert that was sent: an update, an all-clear, or the feedback that police owe.

A follow-up is an alert of its own, which police write, propose and release like the first. Invariant: it names all
messages about the first alert that are still valid, and goes to the networks that got the first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events import AlertUpdated, FeedbackGiven
from buurtsein_contracts.events.alert import Purpose, Release
from buurtsein_kernel.problems import conflict
from buurtsein_notifier import cap
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState, Origin
from buurtsein_notifier.domain.steps import StepKind
from buurtsein_notifier.domain.texts import DUTCH, Texts

WHY = {
    Purpose.UPDATE: "Nieuws over een waarschuwing die verstuurd is.",
    Purpose.ALL_CLEAR: "Het gevaar is voorbij waarvoor een waarschuwing verstuurd is.",
    Purpose.FEEDBACK: "Terugkoppeling over een waarschuwing die verstuurd is.",
}


def follow_up(first: Alert, purpose: Purpose, texts: Mapping[str, Texts], minutes: int, now: datetime) -> Alert:
    """Return a message that follows a sent alert, for the same networks, to be written and released like the first.

    Raises:
        DomainError: `transition_refused` when the first was not sent; `not_the_first` when it is itself a follow-up.
    """
    if first.follows:
        raise conflict("not_the_first", "Dit bericht volgt zelf op een ander. Schrijf het vervolg bij het eerste.")
    first.require_state("follow_up")
    later = purpose is not Purpose.UPDATE
    fields: dict[str, Any] = {name: getattr(first, name) for name in _TAKEN}
    return Alert(
        **fields,
        origin=Origin.POLICE,
        purpose=purpose,
        follows=first.alert_id,
        texts=texts[DUTCH],
        translations={language: text for language, text in texts.items() if language != DUTCH},
        response=[cap.ResponseType.ALL_CLEAR] if later else list(first.response),
        why=WHY[purpose],
        release_by=Release.OFFICER if first.release_by is Release.AUTOMATIC else first.release_by,
        report_ids=[],
        facts=0,
        reports=0,
        earlier=[],
        network_ids=first.recipients,
        proposed_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )


_TAKEN = (
    *("status", "rule", "rule_version", "kind", "category", "severity", "certainty", "channels"),
    *("release_roles", "area", "valid_minutes"),
)
"""The fields that a follow-up copies from the first alert."""


def referring(follows: Alert, first: Alert, sent: Sequence[bytes]) -> None:
    """Set the references of a follow-up: all messages about the first alert that are still valid (`sent`).

    Raises:
        DomainError: `first_called_off` when the first alert was called off since.
    """
    if first.state is not AlertState.SENT:
        raise conflict("first_called_off", "De eerste waarschuwing is intussen ingetrokken.")
    follows.references = cap.reference_list(map(cap.from_xml, sent)).split()


def followed(first: Alert, later: Alert, reports: Sequence[UUID], now: datetime) -> Sequence[EventData]:
    """Add a step to the first alert, because its follow-up `later` was sent; return the events.

    The events are AlertUpdated and, when `later` is feedback that was still owed, FeedbackGiven. `reports` are the
    reports behind the first alert.
    """
    first.note(StepKind.FOLLOWED, now, why=f"{later.purpose} {later.alert_id}")
    actors = [one.actor for one in later.releases]
    updated = AlertUpdated(
        alert_id=first.alert_id,
        status=first.status,
        purpose=later.purpose,
        follow_up_id=later.alert_id,
        cap_identifier=later.cap_identifier or "",
        references=later.message_identifiers,
        actors=actors,
        updated_at=now,
    )
    if later.purpose is not Purpose.FEEDBACK or first.feedback is None or first.feedback.given_at:
        return [updated]
    return [updated, _given(first, actors[-1], later.cap_identifier, reports, now)]


def given_otherwise(first: Alert, actor: str, how: str, reports: Sequence[UUID], now: datetime) -> Sequence[EventData]:
    """Note that the feedback was given in another way than through BE-Alert; return FeedbackGiven.

    `reports` are the reports behind the alert.

    Raises:
        DomainError: `no_feedback_due` when none is owed, or it was given already.
    """
    if first.feedback is None or first.feedback.given_at:
        raise conflict("no_feedback_due", "Over deze waarschuwing is geen terugkoppeling meer nodig.")
    event = _given(first, actor, None, reports, now)
    first.note(StepKind.FEEDBACK_GIVEN, now, actor, how)
    return [event]


def _given(
    first: Alert, actor: str, cap_identifier: str | None, reports: Sequence[UUID], now: datetime
) -> FeedbackGiven:
    if first.feedback is None:
        raise ValueError("no feedback is owed")
    first.feedback = first.feedback.model_copy(update={"given_at": now, "given_by": actor})
    return FeedbackGiven(
        alert_id=first.alert_id,
        status=first.status,
        cap_identifier=cap_identifier,
        on_time=first.feedback.on_time,
        report_ids=list(reports),
        actor=actor,
        given_at=now,
    )

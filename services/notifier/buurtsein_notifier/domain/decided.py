"""Applies decisions on an alert; each function returns events to record, and possibly a message to send.

Each function changes the alert that it gets, or raises DomainError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events.alert import CancelReason
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.binding import hash_of_content
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message, Outgoing
from buurtsein_notifier.domain.states import AlertState, BreakGlass, Released
from buurtsein_notifier.domain.steps import StepKind
from buurtsein_notifier.domain.writing import note_content


@dataclass(frozen=True, slots=True)
class Decided:
    """The result of a decision on an alert: the events to record, and the CAP message to send, if any."""

    events: Sequence[EventData] = ()
    message: Message | None = None
    """The message to be queued; None when nothing has to be sent."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """The person who releases an alert alone in an emergency, and the reason."""

    actor: str
    reason: str


def released_by_person(
    alert: Alert, networks: Sequence[Network], reports: int, actor: str, outgoing: Outgoing, now: datetime
) -> Decided:
    """Release an alert for one officer; return AlertReleased and the message when no second officer is needed.

    `reports` is the number of reports about the alert now. The message is for those of its networks that can be alerted
    now.

    Raises:
        DomainError: `no_network_left` when there is none, `cap_invalid` when no message can be made.
    """
    complete = alert.release(actor, hash_of_content(alert, networks), now, alone=outgoing.training)
    note_content(alert, StepKind.RELEASED, networks, now, actor)
    message = outgoing.message(alert, outgoing.left(alert, networks, now), now)
    return Decided(alert.released(message.identifier, reports, now), message) if complete else Decided()


def released_in_emergency(  # each is needed for the message or the step
    alert: Alert, networks: Sequence[Network], reports: int, by: Breaker, outgoing: Outgoing, now: datetime
) -> Decided:
    """Release an alert at once for one person, also one who wrote it; the korpschef judges this afterwards.

    Raises:
        DomainError: `transition_refused`, `expired`, `no_network_left` or `cap_invalid`, as for a release.
    """
    alert.require("break_glass", now)
    message = outgoing.message(alert, outgoing.left(alert, networks, now), now)
    alert.break_glass = BreakGlass(actor=by.actor, reason=by.reason, at=now)
    if all(given.actor != by.actor for given in alert.releases):
        alert.releases.append(Released(actor=by.actor, released_at=now))
    note_content(alert, StepKind.BREAK_GLASS, networks, now, by.actor, by.reason)
    return Decided(alert.released(message.identifier, reports, now), message)


def released_by_rule(alert: Alert, networks: Sequence[Network], outgoing: Outgoing, now: datetime) -> Decided:
    """Release a new alert by its rule, without a person; return AlertReleased and the message.

    When no message can be made the alert stays proposed, and an officer sees what is wrong with it.
    """
    try:
        message = outgoing.message(alert, outgoing.left(alert, networks, now), now)
    except DomainError:
        return Decided()
    alert.note(StepKind.RELEASED, now, why=alert.rule)
    return Decided(alert.released(message.identifier, alert.reports, now), message)


def called_off(
    alert: Alert, reason: CancelReason, actor: str, sent: Sequence[bytes], outgoing: Outgoing, now: datetime
) -> Decided:
    """Cancel an alert; `sent` has the messages of the alert that were sent, oldest first, and may be empty.

    AlertCancelled follows at once when nothing was sent, else when BE-Alert has the cancelling message. When a second
    person must also decide to cancel, there is no event and no message yet.
    """
    if not alert.cancel(reason, actor, now, alone=outgoing.training):
        return Decided()
    if not sent:
        return Decided(alert.called_off(now))
    message = outgoing.cancellation(alert, sent, reason, now)
    alert.call_off(message.identifier)
    return Decided(message=message)


def seen_before_sending(
    alert: Alert, xml: bytes, networks: Sequence[Network], outgoing: Outgoing, now: datetime
) -> Message | None:
    """Return the queued message (`xml`) without networks that may no longer get it; None if nothing changes.

    Raises:
        DomainError: `no_network_left` when no network may get it.
    """
    if alert.state is not AlertState.RELEASED:
        return None
    before = len(alert.left_out)
    left = outgoing.left(alert, networks, now)
    return outgoing.narrowed(alert, xml, left, now) if len(alert.left_out) != before else None

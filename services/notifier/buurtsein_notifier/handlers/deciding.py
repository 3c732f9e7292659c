"""Handles the decisions of people about alerts, and the end of alerts without a decision."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, ProblemKind, conflict, forbidden
from buurtsein_notifier import commands
from buurtsein_notifier.domain import writing
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.binding import bound, differences, tag_of
from buurtsein_notifier.domain.decided import Breaker, called_off, released_by_person, released_in_emergency
from buurtsein_notifier.domain.delivery import UnknownDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.following import followed, referring
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.network_members import NetworkMembers
from buurtsein_notifier.domain.reach import costs
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.handlers.dependencies import Dependencies

MOST_REPORTS_TOLD = 1000
"""The most reports in one FeedbackGiven, whose reporters are told."""


class AlertStore(Protocol):
    """A Protocol: reads and writes alerts, in one transaction."""

    async def alert(self, alert_id: UUID) -> Alert:
        """Return the alert and lock its row; raise DomainError `alert_unknown`."""

    async def save_alert(self, alert: Alert) -> None:
        """Update the alert, and add 1 to its version."""

    async def content_read(self, alert_id: UUID, tag: str) -> str | None:
        """Return the content, as JSON, that the alert had with this ETag; None for an unknown ETag."""

    async def members_of(self, network_ids: Sequence[UUID]) -> list[NetworkMembers]:
        """Return the members of these networks, in this order, without anybody's name."""

    async def free_units_used(self, year: int) -> int:
        """Return how many free units were used by the messages of a year."""

    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        """Return the networks with these ids, in this order; unknown ids are left out."""

    async def reports_behind(self, alert_id: UUID, limit: int) -> list[UUID]:
        """Return the reports that belong to an alert, oldest first, without reports about another place."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


class Store(AlertStore, Protocol):
    """A Protocol: reads and writes the tables that decisions use, in one transaction."""

    async def reports_held(self, alert_id: UUID) -> int:
        """Return how many reports now belong to an alert."""

    async def queue(self, alert: Alert, message: Message, ways: Sequence[str]) -> None:
        """Insert a delivery of the message for the first of these adapters; the others are tried after it.

        A follow-up or cancellation uses only the adapter that sent the first message.
        """

    async def hold_delivery(self, alert: Alert) -> None:
        """Hold back the unfinished delivery of the alert, or let it go again, as `alert.held_back` says."""

    async def withdraw_delivery(self, alert: Alert) -> None:
        """Cancel the alert's delivery; raise DomainError `delivery_under_way` when the peer may have the message."""

    async def follows_under_way(self, first: Alert) -> bool:
        """Return whether a follow-up of the alert is being sent, or may have been sent (RELEASED or UNKNOWN)."""

    async def sent_messages(self, first: Alert, now: datetime) -> list[bytes]:
        """Return the message of an alert and those that followed it, as they were sent, the first one first.

        Messages that are not valid any more are left out, unless none is. Raises DomainError `message_gone` when the
        first message is no longer stored.
        """

    async def unknown_delivery(self, alert: Alert) -> UnknownDelivery | None:
        """Return the alert's delivery with an unknown outcome and lock its row; None when there is no such delivery."""

    async def settle_delivery(self, delivery: UnknownDelivery, command: commands.Settle) -> None:
        """Finish a delivery with the outcome that a person reported."""


async def release(alert_id: UUID, by: By, given: Dependencies, store: Store) -> Alert:
    """Release the alert in the version that the officer read; record AlertReleased, unless a second must release."""
    alert, networks = await seen(alert_id, by, store)
    await refer(alert, given, store)
    reports = await store.reports_held(alert_id)
    decided = released_by_person(alert, networks, reports, by.actor, given.outgoing, given.clock.now())
    await store.save_alert(alert)
    if decided.message:
        await store.queue(alert, decided.message, given.ways(alert))
    await store.record(*decided.events)
    return alert


async def break_glass(alert_id: UUID, command: commands.BreakGlass, by: By, given: Dependencies, store: Store) -> Alert:
    """Release the alert at once for one person, in an emergency; record AlertReleased."""
    alert, networks = await seen(alert_id, by, store)
    await refer(alert, given, store)
    reports, breaker = await store.reports_held(alert_id), Breaker(by.actor, command.reason)
    decided = released_in_emergency(alert, networks, reports, breaker, given.outgoing, given.clock.now())
    await store.save_alert(alert)
    if decided.message:
        await store.queue(alert, decided.message, given.ways(alert))
    await store.record(*decided.events)
    return alert


async def audit(alert_id: UUID, command: commands.Audit, by: By, given: Dependencies, store: Store) -> Alert:
    """Store the verdict of the korpschef on a release in an emergency."""
    alert = await store.alert(alert_id)
    await require_read(alert, await store.networks(alert.network_ids), by, store)
    alone = given.outgoing.training
    writing.audited(alert, command.verdict, command.reason, by.actor, given.clock.now(), alone=alone)
    await store.save_alert(alert)
    return alert


async def give_back(alert_id: UUID, command: commands.Return, by: By, given: Dependencies, store: Store) -> Alert:
    """Give a proposed alert back to be changed; record AlertReturned."""
    alert, _ = await seen(alert_id, by, store)
    writing.leave_to_police(alert, by.actor, given.police_release)
    events = writing.returned(alert, by.actor, command.reason, given.clock.now())
    await store.save_alert(alert)
    await store.record(*events)
    return alert


async def refuse(alert_id: UUID, command: commands.Refuse, by: By, given: Dependencies, store: Store) -> Alert:
    """Refuse to send an alert; record AlertRefused."""
    alert, _ = await seen(alert_id, by, store)
    events = alert.refuse(command.reason, by.actor, given.clock.now())
    await store.save_alert(alert)
    await store.record(*events)
    return alert


async def settle(alert_id: UUID, command: commands.Settle, by: By, given: Dependencies, store: Store) -> Alert:
    """Store whether a message with an unknown outcome arrived, as a person reports, and record the event.

    The event is AlertSent or AlertFailed. For a cancelling message it is AlertCancelled, and there is none when that
    message did not arrive.
    """
    alert, _ = await seen(alert_id, by, store)
    delivery = await store.unknown_delivery(alert)
    await price(alert, given, store)
    events = alert.settle(delivery, command.outcome, command.reference, by.actor, given.clock.now(), given.term)
    await store.save_alert(alert)
    if delivery:
        await store.settle_delivery(delivery, command)
    await store.record(*events, *await tell_first(alert, given, store))
    return alert


async def hold(alert_id: UUID, command: commands.Hold, by: By, given: Dependencies, store: Store) -> Alert:
    """Hold back the message of a released alert, or let it go again; nothing is recorded."""
    alert, _ = await seen(alert_id, by, store)
    alert.hold(command.reason, by.actor, given.clock.now(), on=command.on)
    await store.save_alert(alert)
    await store.hold_delivery(alert)
    return alert


async def cancel(alert_id: UUID, command: commands.Cancel, by: By, given: Dependencies, store: Store) -> Alert:
    """Cancel a released alert: withdraw its delivery, or queue a cancelling message when the alert was sent.

    Raises:
        DomainError: `follow_up_under_way` when a follow-up is being sent or may have been sent; it would stay in force.
    """
    alert, _ = await seen(alert_id, by, store)
    now, was_sent = given.clock.now(), alert.state is AlertState.SENT
    if was_sent and await store.follows_under_way(alert):
        raise conflict("follow_up_under_way", "Een vervolg wordt nu verstuurd. Wacht daarop, of trek eerst dat in.")
    sent = await store.sent_messages(alert, now) if was_sent else []
    decided = called_off(alert, command.reason, by.actor, sent, given.outgoing, now)
    await store.save_alert(alert)
    if decided.message:
        await store.queue(alert, decided.message, given.ways(alert))
    elif not was_sent:
        await store.withdraw_delivery(alert)
    await store.record(*decided.events)
    return alert


async def expire(alert_id: UUID, given: Dependencies, store: AlertStore) -> None:
    """Expire an alert when the time for a decision is over; record AlertExpired, unless it was never proposed."""
    alert = await store.alert(alert_id)
    if alert.is_overdue(given.clock.now()):
        events = alert.expire(given.clock.now())
        await store.save_alert(alert)
        await store.record(*events)


async def seen(alert_id: UUID, by: By, store: AlertStore) -> tuple[Alert, list[Network]]:
    """Load an alert with its networks for a person's decision; raise DomainError if it has changed since it was read.

    Raises:
        DomainError: the person may not decide on it, or it has changed since the person read it.
    """
    alert = await store.alert(alert_id)
    networks = await store.networks(alert.network_ids)
    alert.require_role(by.roles)
    require_mandate(by, networks)
    await require_read(alert, networks, by, store)
    return alert, networks


async def refer(alert: Alert, given: Dependencies, store: Store) -> None:
    """Set the messages that a follow-up names; raise `first_called_off` when the first alert was called off."""
    if alert.follows:
        first = await store.alert(alert.follows)
        referring(alert, first, await store.sent_messages(first, given.clock.now()))


async def price(alert: Alert, given: Dependencies, store: AlertStore, missed: Collection[UUID] = frozenset()) -> None:
    """Store the cost of an alert's message for each network, before the alert counts as sent.

    A network in `missed`, which did not get the message, costs nothing. A cancelling message costs nothing either.
    """
    if alert.state is AlertState.CANCELLING:
        return
    today = brussels_day(given.clock.now())
    left = given.free_units - await store.free_units_used(today.year)
    networks = await store.members_of([one for one in alert.recipients if one not in missed])
    alert.costs = list(costs(networks, alert.told, alert.channels, given.prices, left, today))


async def tell_first(alert: Alert, given: Dependencies, store: AlertStore) -> Sequence[EventData]:
    """Add a step to the first alert when its follow-up `alert` was sent; return the events about the first alert.

    An alert that is no follow-up gives no events. To avoid deadlocks, lock the follow-up before its first alert.
    """
    if alert.follows is None or alert.state is not AlertState.SENT:
        return []
    first = await store.alert(alert.follows)
    reports = await store.reports_behind(first.alert_id, MOST_REPORTS_TOLD)
    events = followed(first, alert, reports, given.clock.now())
    await store.save_alert(first)
    return events


async def require_read(alert: Alert, networks: Sequence[Network], by: By, store: AlertStore) -> None:
    """Raise `version_changed`, with the differences, unless the person read the present content of the alert."""
    if by.seen == tag_of(alert, networks):
        return
    read = await store.content_read(alert.alert_id, by.seen)
    changed = differences(json.loads(read), bound(alert, networks)) if read else []
    detail = "Dit werd intussen gewijzigd. Haal het opnieuw op."
    raise DomainError("version_changed", detail, ProblemKind.STALE, members={"difference": changed})


def require_mandate(by: By, networks: Sequence[Network]) -> None:
    """Raise `not_mandated` when a mandated officer has no other police role and is not mandated for a network."""
    if by.roles & {"officer", "dispatcher"} or "mandated-officer" not in by.roles:
        return
    if any(by.actor not in one.known.mandated_officers for one in networks):
        raise forbidden("not_mandated", "U bent niet gemandateerd voor elk netwerk van deze waarschuwing.")

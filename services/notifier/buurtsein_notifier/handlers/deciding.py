"""What people decide about alerts, and what becomes of an alert without a decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events.alert import FailureReason
from buurtsein_notifier import commands
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message, Outgoing
from buurtsein_notifier.domain.states import AlertState


class Store(Protocol):
    """What the decisions need kept, in one transaction."""

    async def now(self) -> datetime:
        """The database's clock."""

    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        """These networks, in this order."""

    async def alert(self, alert_id: UUID) -> Alert:
        """The alert, locked; DomainError `alert_unknown`."""

    async def reports_held(self, alert_id: UUID) -> int:
        """How many reports there are of the facts that an alert holds."""

    async def save_alert(self, alert: Alert) -> None:
        """Its new state; raises the version."""

    async def queue(self, alert: Alert, message: Message) -> None:
        """A delivery to be made."""

    async def rewrite(self, message: Message) -> None:
        """Another text for a message that is about to be sent."""

    async def withdraw_delivery(self, alert: Alert) -> None:
        """Take its message back; DomainError `delivery_under_way` when it may have been handed over."""

    async def sent_message(self, alert: Alert) -> bytes:
        """Its message as it left; DomainError `message_gone`."""

    async def settle_delivery(self, alert: Alert, outcome: str, reference: str | None) -> tuple[str, int]:
        """Close the delivery whose outcome is unknown; its adapter and attempts."""

    async def set_switch(self, command: commands.Switch, actor: str) -> None:
        """One more use of the kill-switch; the last one counts."""

    async def record(self, *events: EventData) -> None:
        """Into the event log and the outbox."""


async def release(alert: Alert, actor: str, outgoing: Outgoing, store: Store) -> Alert:
    """An officer's release of the alert that the caller loaded and whose version was checked; AlertReleased.

    It goes to the networks that may get it now; DomainError `no_network_left` when there is none.
    """
    now = await store.now()
    complete = alert.release(actor, now)
    networks = alert.leave_out(await store.networks(alert.network_ids), now)
    message = outgoing.message(alert, networks, now)
    if complete:
        await leave(alert, message, now, store)
    else:
        await store.save_alert(alert)
    return alert


async def refuse(alert: Alert, command: commands.Refuse, actor: str, store: Store) -> Alert:
    """An officer's no; AlertRefused."""
    await store.record(*alert.refuse(command.reason, actor, await store.now()))
    await store.save_alert(alert)
    return alert


async def settle(alert: Alert, command: commands.Settle, actor: str, store: Store) -> Alert:
    """What a person found out about an unknown outcome; AlertSent when it arrived after all, or AlertFailed."""
    alert.settle(actor)
    adapter, attempts = await store.settle_delivery(alert, command.outcome, command.reference)
    now = await store.now()
    if command.outcome == "sent":
        await store.record(*alert.sent(adapter, command.reference, attempts, now))
    else:
        await store.record(*alert.failed(adapter, FailureReason.NOT_ARRIVED, attempts, now))
    await store.save_alert(alert)
    return alert


async def cancel(alert: Alert, command: commands.Cancel, actor: str, outgoing: Outgoing, store: Store) -> Alert:
    """Call off what was released: take the message back, or send one that tells so.

    AlertCancelled comes at once for what was not sent yet, else when BE-Alert has that message.
    """
    now, was_sent = await store.now(), alert.state is AlertState.SENT
    alert.cancel(command.reason, actor, now)
    if was_sent:
        message = outgoing.cancellation(alert, await store.sent_message(alert), command.reason, now)
        alert.call_off(message.identifier)
        await store.queue(alert, message)
    else:
        await store.withdraw_delivery(alert)
        await store.record(*alert.called_off(now))
    await store.save_alert(alert)
    return alert


async def switch(command: commands.Switch, actor: str, store: Store) -> None:
    """Hold all deliveries, or let them go again."""
    await store.set_switch(command, actor)


async def expire(alert_id: UUID, store: Store) -> None:
    """A proposal that nobody decided on in time; AlertExpired, unless somebody decided after all."""
    alert, now = await store.alert(alert_id), await store.now()
    if alert.is_overdue(now):
        await store.record(*alert.expire(now))
        await store.save_alert(alert)


async def last_look(alert_id: UUID, xml: bytes, outgoing: Outgoing, store: Store) -> bytes:
    """The message of a released alert right before it is sent, without the networks that may no longer get it.

    Raises DomainError `no_network_left` when none may, and `cap_invalid`.
    """
    alert = await store.alert(alert_id)
    if alert.state is not AlertState.RELEASED:
        return xml
    now = await store.now()
    networks, before = await store.networks(alert.recipients), len(alert.left_out)
    left = alert.leave_out(networks, now)
    if len(alert.left_out) == before:
        return xml
    message = outgoing.message(alert, left, now)
    await store.rewrite(message)
    await store.save_alert(alert)
    return message.xml


async def leave(alert: Alert, message: Message, now: datetime, store: Store) -> None:
    """The message is queued, and the alert released; AlertReleased."""
    alert.reports_at_release = await store.reports_held(alert.alert_id)
    await store.record(*alert.leave(message.identifier, now))
    await store.queue(alert, message)
    await store.save_alert(alert)

"""Handles the results of deliveries: each handler updates the delivery and its alert in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from buurtsein_contracts.events import AlertSent
from buurtsein_contracts.events.alert import FailureReason
from buurtsein_notifier import cap
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.decided import seen_before_sending
from buurtsein_notifier.domain.delivery import FAILURES, DeliveryState, LeasedDelivery, OverdueDelivery
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.handlers.deciding import AlertStore, price, tell_first
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(AlertStore, Protocol):
    """A Protocol: reads and writes the tables for the results of deliveries, in one transaction."""

    async def rewrite(self, message: Message) -> None:
        """Replace a delivery's XML immediately before the message is sent."""

    async def finish_delivery(
        self, delivery: LeasedDelivery, state: DeliveryState, reason: str | None, reference: str | None
    ) -> int | None:
        """Finish a delivery; return the number of attempts, or None when the worker has lost its lease."""

    async def expire_delivery(self, delivery_id: UUID) -> int | None:
        """Mark a delivery as expired; return the number of attempts, or None when it can no longer expire."""


@dataclass(frozen=True, slots=True)
class Look:
    """The result of the check just before a message is sent."""

    xml: bytes
    not_before: datetime | None
    """The end of the quiet hours if the message has to wait; None if it is sent now."""


async def look_before_sending(delivery: LeasedDelivery, given: Dependencies, store: Store) -> Look:
    """Return the XML to send: the queued message, without networks that may no longer get it.

    A cold message waits until the end of the quiet hours, also when it was held back or tried again before them.

    Raises DomainError when it may not be sent: `no_network_left`, `cap_invalid`, `cap_status_forbidden`, `cap_not_xml`.
    """
    alert, now = await store.alert(delivery.alert_id), given.clock.now()
    networks = await store.networks(alert.recipients)
    message = seen_before_sending(alert, delivery.xml, networks, given.outgoing, now)
    if message:
        await store.save_alert(alert)
        await store.rewrite(message)
    xml = message.xml if message else delivery.xml
    cap.guard_status(cap.from_xml(xml), given.outgoing.most)
    first = alert.state is AlertState.RELEASED
    return Look(xml, given.outgoing.waits_until(alert, alert.holds_until(now), now) if first else None)


async def delivered(
    delivery: LeasedDelivery, adapter: str, reference: str | None, given: Dependencies, store: Store
) -> bool:
    """Finish a delivery that the peer has accepted; record AlertSent or AlertCancelled.

    Returns False, without any change, when the lease was lost.
    """
    alert = await store.alert(delivery.alert_id)
    attempts = await store.finish_delivery(delivery, DeliveryState.SENT, None, reference)
    if attempts is None:
        return False
    if alert.state is AlertState.RELEASED:
        await price(alert, given, store)
    events = alert.sent(adapter, reference, attempts, given.clock.now(), given.term)
    await store.save_alert(alert)
    await store.record(*events, *await tell_first(alert, given, store))
    return True


async def given_up(
    delivery: LeasedDelivery, adapter: str, end: DeliveryState, reason: str, given: Dependencies, store: Store
) -> bool:
    """Finish a delivery that will not be tried again; record AlertFailed, or AlertSent if it reached some networks.

    Returns False, without any change, when the lease was lost.
    """
    alert = await store.alert(delivery.alert_id)
    state = DeliveryState.PARTIAL if delivery.reached else end
    attempts = await store.finish_delivery(delivery, state, reason, None)
    if attempts is None:
        return False
    await _ended(alert, delivery, adapter, FAILURES[end], attempts, given, store)
    return True


async def expired(delivery: OverdueDelivery, given: Dependencies, store: Store) -> int | None:
    """Finish a delivery that expired before it was sent; record AlertFailed, or AlertSent if it reached some networks.

    Returns its number of attempts, or None when another worker has finished it first.
    """
    alert = await store.alert(delivery.alert_id)
    attempts = await store.expire_delivery(delivery.delivery_id)
    if attempts is None:
        return None
    await _ended(alert, delivery, delivery.adapter, FailureReason.EXPIRED, attempts, given, store)
    return attempts


async def _ended(
    alert: Alert,
    delivery: LeasedDelivery | OverdueDelivery,
    adapter: str,
    reason: FailureReason,
    attempts: int,
    given: Dependencies,
    store: Store,
) -> None:
    """Record the events of a delivery that ended before it reached all networks.

    A cancelling message that reached only some of them counts as failed, so that it can be tried again.
    """
    now = given.clock.now()
    if not delivery.reached or alert.state is AlertState.CANCELLING:
        events = alert.failed(adapter, reason, attempts, now)
        await store.save_alert(alert)
        await store.record(*events)
        return
    missed = [network_id for network_id in alert.recipients if str(network_id) not in delivery.reached]
    await price(alert, given, store, missed)
    events = alert.sent(adapter, None, attempts, now, given.term)
    await store.save_alert(alert)
    told = [one.model_copy(update={"not_reached": missed}) if isinstance(one, AlertSent) else one for one in events]
    await store.record(*told, *await tell_first(alert, given, store))

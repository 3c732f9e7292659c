"""Handles what a peer reports about a message that was sent: receipts, and the outcome that was unknown until now."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import Settled, UnknownDelivery
from buurtsein_notifier.domain.receipt import Kept, Receipt
from buurtsein_notifier.handlers.deciding import AlertStore, price, tell_first
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(AlertStore, Protocol):
    """A Protocol: reads and writes receipts and the deliveries that they are about, in one transaction."""

    async def keep_receipts(self, adapter: str, receipts: Sequence[Receipt]) -> Kept:
        """Store the latest receipt for each network and channel of messages that this adapter sent."""

    async def unknown_delivery(self, alert: Alert) -> UnknownDelivery | None:
        """Return the alert's delivery with an unknown outcome and lock its row; None when there is no such delivery."""

    async def settle_by_peer(self, delivery: UnknownDelivery, outcome: Settled, reference: str | None) -> None:
        """Finish a delivery with the outcome that the peer reported."""


async def receive(receipts: Sequence[Receipt], adapter: str, given: Dependencies, store: Store) -> int:
    """Store receipts, and settle unknown outcomes by them; return how many were about messages of this adapter.

    A receipt for a message shows that the peer has the message. All alerts are locked before the first one is settled:
    settling takes the lock for prices, which somebody with another of these alerts may hold.
    """
    kept = await store.keep_receipts(adapter, receipts)
    for alert_id in kept.in_doubt:
        await store.alert(alert_id)
    for alert_id in kept.in_doubt:
        await found_out(alert_id, "sent", None, given, store)
    return kept.number


async def found_out(alert_id: UUID, outcome: Settled, reference: str | None, given: Dependencies, store: Store) -> bool:
    """Store the outcome that the peer reports for a message whose outcome was unknown, and record the event.

    Returns False, without any change, when a person or another answer settled it first.
    """
    alert = await store.alert(alert_id)
    delivery = await store.unknown_delivery(alert)
    if delivery is None:
        return False
    await price(alert, given, store)
    events = alert.settle(delivery, outcome, reference, None, given.clock.now(), given.term)
    await store.save_alert(alert)
    await store.settle_by_peer(delivery, outcome, reference)
    await store.record(*events, *await tell_first(alert, given, store))
    return True

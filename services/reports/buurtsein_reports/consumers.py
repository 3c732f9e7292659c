"""Subscribes to `bin.networks` for a projection, and to `bin.alerts` to tell reporters that feedback was given."""

from collections.abc import Sequence
from typing import Any

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.events import FeedbackGiven
from buurtsein_contracts.topics import ALERTS
from buurtsein_reports import handlers
from buurtsein_reports.projections import known_networks
from buurtsein_reports.store import ReportsStore


def subscriptions(nis: str) -> Sequence[Subscription]:
    """Return the subscriptions to networks and alerts, each of which is a separate Kafka consumer."""

    async def told(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case FeedbackGiven() as given:
                await handlers.tell_reporters(given, ReportsStore(uow, nis))

    return [Subscription.keeping(known_networks), Subscription("reports.alerts", (ALERTS,), told)]

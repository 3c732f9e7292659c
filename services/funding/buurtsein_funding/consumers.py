"""Subscribes to networks and members for projections, to erasures to delete persons, and to alerts for costs."""

from collections.abc import Sequence
from typing import Any

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Apply, Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.events import AlertSent, PersonErased
from buurtsein_contracts.topics import ALERTS, ERASURES
from buurtsein_funding import handlers
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.projections import known_networks, network_members
from buurtsein_funding.store import FundingStore


def subscriptions(given: Dependencies) -> Sequence[Subscription]:
    """Return the subscriptions to networks, members, erasures and alerts; each of them is a Kafka consumer."""
    return [
        Subscription.keeping(known_networks),
        Subscription.keeping(network_members),
        Subscription("funding.erasures", (ERASURES,), _erased(given)),
        Subscription("funding.alerts", (ALERTS,), _costed),
    ]


def _erased(given: Dependencies) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case PersonErased() as erased:
                await handlers.forget(erased.person_ref, event.id, given, FundingStore(uow))

    return apply


async def _costed(event: Event[Any], uow: UnitOfWork) -> None:
    match event.data:
        case AlertSent() as sent:
            await handlers.keep_costs(sent, event.id, FundingStore(uow))

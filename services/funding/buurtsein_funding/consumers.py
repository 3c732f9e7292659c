"""Subscribes to `bin.networks`, to keep a projection of networks, and to `bin.erasures`, to delete erased persons."""

from collections.abc import Sequence
from typing import Any

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Apply, Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.events import PersonErased
from buurtsein_contracts.topics import ERASURES
from buurtsein_funding import handlers
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore


def subscriptions(given: Dependencies) -> Sequence[Subscription]:
    """Return the subscriptions to networks and to erasures, each of which is a separate Kafka consumer."""
    return [Subscription.keeping(known_networks), Subscription("funding.erasures", (ERASURES,), _erased(given))]


def _erased(given: Dependencies) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case PersonErased() as erased:
                await handlers.forget(erased.person_ref, event.id, given, FundingStore(uow))

    return apply

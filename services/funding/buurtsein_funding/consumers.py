"""What funding listens to: the life of networks."""

from typing import Any

from buurtsein_chassis.consumer import Subscription
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import Event
from buurtsein_contracts.topics import NETWORKS
from buurtsein_funding import handlers
from buurtsein_funding.store import FundingStore


async def _follow_network(event: Event[Any], uow: UnitOfWork) -> None:
    await handlers.follow_network(event, FundingStore(uow))


SUBSCRIPTIONS = (Subscription(consumer="funding.networks", topics=(NETWORKS,), apply=_follow_network),)

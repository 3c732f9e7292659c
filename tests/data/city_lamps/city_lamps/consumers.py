"""Defines the consumer of the topic of networks, from which the service learns which networks exist."""

from typing import Any

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.topics import NETWORKS


async def _know(event: Event[Any], uow: UnitOfWork) -> None:
    await uow.connection.execute("insert into known_network values ($1) on conflict do nothing", event.key)


SUBSCRIPTIONS = (Subscription("lamps.networks", (NETWORKS,), _know),)

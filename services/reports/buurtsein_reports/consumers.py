"""What reports learns from others: which networks there are, where, and on which days they are recognised."""

from typing import Any

from buurtsein_chassis.consumer import Subscription
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import Event
from buurtsein_contracts.events import (
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.topics import NETWORKS
from buurtsein_reports.store import ReportsStore


async def apply(event: Event[Any], uow: UnitOfWork) -> None:
    """Keep the projection of networks; other events say nothing that matters here."""
    store = ReportsStore(uow.connection)
    match event.data:
        case NetworkApproved() as network:
            await store.know_network(network)
        case NetworkRecognised() as recognition:
            await store.mark_recognised(recognition)
        case NetworkSuspended() as suspension:
            await store.suspend(suspension)
        case NetworkReinstated() as lifted:
            await store.reinstate(lifted)
        case NetworkEnded(network_id=network_id):
            await store.end(network_id)
        case NetworkAmended(network_id=network_id, area=Area() as area):
            await store.change_area(network_id, area)
        case _:
            pass


networks = Subscription(consumer="reports.networks", topics=(NETWORKS,), apply=apply)

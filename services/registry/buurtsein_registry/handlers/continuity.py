"""Handles the yearly question whether a network is still active, and tells others which networks are at risk."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import BRUSSELS
from buurtsein_registry.domain import continuity
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import own_network
from buurtsein_registry.handlers.stores import NetworkStore


async def confirm_active(network_id: UUID, by: By, given: Dependencies, store: NetworkStore) -> Network:
    """Store that the network is still active, as one of its coordinators says."""
    network = await own_network(network_id, by, store)
    continuity.confirm_active(network, by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def tell_risks(network_id: UUID, found: Sequence[NetworkRisk], given: Dependencies, store: NetworkStore) -> None:
    """Record NetworkAtRisk for the risks of a network that were not told before in this calendar year."""
    network = await store.network(network_id)
    year_begins = datetime(given.today.year, 1, 1, tzinfo=BRUSSELS)
    told = await store.told_risks(network_id, year_begins)
    await store.record(*continuity.untold(network, found, told, given.clock.now()))

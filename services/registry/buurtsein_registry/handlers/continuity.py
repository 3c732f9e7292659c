"""Handles the yearly question whether a network is still active."""

from uuid import UUID

from buurtsein_kernel.commands import By
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

"""Loads a network for a person who wants to change it."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import require_seen
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.stores import NetworkStore


async def seen_network(network_id: UUID, by: By, store: NetworkStore) -> Network:
    """Load a network for a decision; raise DomainError when it has changed since the person read it."""
    network = await store.network(network_id)
    require_seen(by.seen, network.version)
    return network


async def own_network(network_id: UUID, by: By, store: NetworkStore) -> Network:
    """Load a network for its applicant or a coordinator; raise DomainError if it changed since that person read it.

    The person is checked first, so that others do not learn the version of the network.
    """
    network = await store.network(network_id)
    network.require_own(by.actor)
    require_seen(by.seen, network.version)
    return network

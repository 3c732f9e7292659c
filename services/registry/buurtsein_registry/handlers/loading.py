"""Loads a network for a person who wants to change it, and stores what changed."""

from collections.abc import Sequence
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import forbidden
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.notices import notices
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import NetworksAndTasks, NetworkStore


async def seen_network(network_id: UUID, by: By, store: NetworkStore) -> Network:
    """Load a network for an official's decision; raise DomainError when it has changed since the official read it."""
    network = await store.network(network_id)
    network.require_seen(by.seen)
    return network


async def own_network(network_id: UUID, by: By, store: NetworkStore) -> Network:
    """Load a network for its applicant or coordinator; raise DomainError if it has changed since that person read it.

    The person is checked first, so that others do not learn the version of the network.
    """
    network = await store.network(network_id)
    network.require_own(by.actor)
    network.require_seen(by.seen)
    return network


async def coordinated_network(network_id: UUID, by: By, store: NetworkStore) -> Network:
    """Load a network for one of its present coordinators, also for one whose last screening was unfavourable."""
    network = await store.network(network_id)
    if by.actor not in network.coordinating:
        raise forbidden("not_the_coordinator", "Alleen een coördinator van dit netwerk kan dit.")
    network.require_seen(by.seen)
    return network


async def saved(network: Network, events: Sequence[EventData], given: Dependencies, store: NetworksAndTasks) -> Network:
    """Save a network, record its events, and open a task for each event that must be reported to the ministry (FOD)."""
    await store.save_network(network)
    await store.record(*events)
    for task in notices(network, events, given.rules.inform_fod_days, given.clock.now()):
        await store.open_task(task)
    return network

"""Handles the recognition of a network by the FOD (the ministry of the interior)."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_registry import commands
from buurtsein_registry.domain import fod
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import seen_network
from buurtsein_registry.handlers.stores import NetworkStore


async def send_to_fod(network_id: UUID, by: By, given: Dependencies, store: NetworkStore) -> Network:
    """Store that the signed charter was sent to the FOD."""
    network = await seen_network(network_id, by, store)
    fod.send_to_fod(network, by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def recognise(
    network_id: UUID, command: commands.Recognise, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Store the recognition by the FOD; record NetworkRecognised."""
    network = await seen_network(network_id, by, store)
    recognition = Recognition(start=command.start, end=command.end, reference=command.reference)
    events = fod.recognise(network, recognition, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Store that the FOD returned the charter, with the reason."""
    network = await seen_network(network_id, by, store)
    fod.return_charter(network, command.reason, by.actor, given.clock.now())
    await store.save_network(network)
    return network

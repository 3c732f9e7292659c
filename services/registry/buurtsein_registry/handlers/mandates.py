"""Handles the commands with which the korpschef mandates a police officer for a network, or ends a mandate."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_registry import commands
from buurtsein_registry.domain import mandates
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import saved, seen_network
from buurtsein_registry.handlers.stores import NetworksAndTasks


async def mandate_officer(
    network_id: UUID, command: commands.MandateOfficer, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Mandate a police officer for a network; record OfficerMandated."""
    network = await seen_network(network_id, by, store)
    events = mandates.mandate(network, command.officer, by.actor, given.clock.now())
    return await saved(network, events, given, store)


async def release_officer(
    network_id: UUID, officer: str, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """End the mandate of a police officer for a network; record OfficerReleased."""
    network = await seen_network(network_id, by, store)
    events = mandates.release(network, officer, by.actor, given.clock.now())
    return await saved(network, events, given, store)

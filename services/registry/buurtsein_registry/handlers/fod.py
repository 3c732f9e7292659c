"""Handles what the FOD (the ministry of the interior) decides on a network; police and city may enter its letters."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_registry import commands
from buurtsein_registry.domain import fod, suspension
from buurtsein_registry.domain.duties import side_of
from buurtsein_registry.domain.fod import Letter
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Suspension
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import saved, seen_network
from buurtsein_registry.handlers.stores import NetworksAndTasks


async def send_to_fod(network_id: UUID, by: By, given: Dependencies, store: NetworksAndTasks) -> Network:
    """Store that the signed charter was sent to the ministry (FOD); record NetworkSentToFod."""
    network = await seen_network(network_id, by, store)
    events = fod.send_to_fod(network, by.actor, given.clock.now())
    return await saved(network, events, given, store)


async def recognise(
    network_id: UUID, command: commands.Recognise, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store the recognition of a network by the ministry (FOD); record NetworkRecognised."""
    network = await seen_network(network_id, by, store)
    letter = _letter(by, command.document_sha256)
    events = fod.recognise(network, command.recognition, letter, given.clock.now())
    return await saved(network, events, given, store)


async def renew(
    network_id: UUID, command: commands.Recognise, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store that the ministry (FOD) renewed the recognition; record NetworkRecognised."""
    network = await seen_network(network_id, by, store)
    letter = _letter(by, command.document_sha256)
    events = fod.renew(network, command.recognition, letter, given.clock.now())
    return await saved(network, events, given, store)


async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store that the ministry (FOD) returned the charter, with the reason; record NetworkReturned."""
    network = await seen_network(network_id, by, store)
    letter = _letter(by, command.document_sha256)
    events = fod.return_charter(network, command.reason, letter, given.clock.now())
    return await saved(network, events, given, store)


async def suspend(
    network_id: UUID, command: commands.SuspendNetwork, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store that the ministry (FOD) suspended a network; record NetworkSuspended."""
    network = await seen_network(network_id, by, store)
    new = Suspension(reason=command.reason, start=command.start or given.today, reference=command.reference)
    events = suspension.suspend(network, new, _letter(by, command.document_sha256), given.clock.now())
    return await saved(network, events, given, store)


async def reinstate(
    network_id: UUID, command: commands.ReinstateNetwork, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store that the ministry (FOD) lifted the suspension; record NetworkReinstated."""
    network = await seen_network(network_id, by, store)
    start, letter = command.start or given.today, _letter(by, command.document_sha256)
    events = suspension.reinstate(network, start, command.reference, letter, given.clock.now())
    return await saved(network, events, given, store)


def _letter(by: By, document_sha256: str | None) -> Letter:
    return Letter(by.actor, side_of(by.roles), document_sha256)

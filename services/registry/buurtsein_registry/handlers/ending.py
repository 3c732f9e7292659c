"""Handles the command that ends a network: ends its memberships too, and records the events."""

from uuid import UUID

from buurtsein_contracts.events.member import LeavingReason
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands
from buurtsein_registry.domain import ending, membership
from buurtsein_registry.domain.duties import Side, side_of
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import own_network, saved, seen_network
from buurtsein_registry.handlers.stores import NetworkStore, Store


async def end_network(
    network_id: UUID, command: commands.EndNetwork, by: By, given: Dependencies, store: Store
) -> Network:
    """End a network with its memberships, as official, applicant or coordinator; record NetworkEnded and MemberLeft."""
    side, target_id = side_of(by.roles), command.merged_into
    if target_id and target_id < network_id:  # concurrent merges lock the two networks in the same order
        await _target(target_id, store)
    load = own_network if side is Side.NEIGHBOURHOOD else seen_network
    network = await load(network_id, by, store)
    target = await _target(target_id, store) if target_id else None
    events = ending.end(network, command.reason, target, side, by.actor, given.clock.now())
    await saved(network, events, given, store)
    for member in await store.live_members(network_id):
        left = membership.end(member, LeavingReason.NETWORK_ENDED, given.clock.now())
        await store.save_member(member)
        await store.record(*left)
    return network


async def _target(network_id: UUID, store: NetworkStore) -> Network:
    """Load the network into which the ended network merges; raise DomainError `merged_into_unknown`."""
    try:
        return await store.network(network_id)
    except DomainError as unknown:
        raise DomainError("merged_into_unknown", "Het andere netwerk (merged_into) bestaat niet.") from unknown

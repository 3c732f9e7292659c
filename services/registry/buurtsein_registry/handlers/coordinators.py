"""Handles the coordinators of a network, and its agreement on BE-Alert."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_registry import commands
from buurtsein_registry.domain import be_alert, coordinators
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import require_version
from buurtsein_registry.domain.screening import Screening
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import seen_network
from buurtsein_registry.handlers.stores import NetworkStore


async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Store the outcome of a screening, and appoint a suitable candidate; record CoordinatorAppointed."""
    network = await seen_network(network_id, by, store)
    screening = Screening(
        person=command.candidate,
        outcome=command.screening_outcome,
        screened_on=command.screened_on,
        actor=by.actor,
        noted_at=given.clock.now(),
    )
    events = coordinators.assess(network, screening, command.role, given.rules.screening_valid_days)
    await store.save_network(network)
    await store.record(*events)
    return network


async def remove_coordinator(
    network_id: UUID, person: str, command: commands.RemoveCoordinator, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Remove a coordinator; record CoordinatorRemoved."""
    network = await seen_network(network_id, by, store)
    events = coordinators.remove(network, person, command.reason, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def join_be_alert(
    network_id: UUID, command: commands.JoinBeAlert, actor: str, given: Dependencies, store: NetworkStore
) -> Network:
    """Accept the conditions of BE-Alert, as a coordinator of the network; record BeAlertJoined."""
    network = await store.network(network_id)
    events = be_alert.join(network, command.agreement_version, actor, given.clock.now())
    require_version(command.agreement_version, given.rules.be_alert_versions)
    await store.save_network(network)
    await store.record(*events)
    return network

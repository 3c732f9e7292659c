"""Handles the application of a network: apply, sign the charter, submit, decide."""

from uuid import UUID

from buurtsein_contracts.events.network import ApproverRole
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError, conflict
from buurtsein_registry import commands
from buurtsein_registry.domain import application
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import own_network, seen_network
from buurtsein_registry.handlers.stores import NetworkStore


async def apply_for_network(
    command: commands.ApplyForNetwork, actor: str, given: Dependencies, store: NetworkStore
) -> Network:
    """Insert a new network in state DRAFT, for which a resident applies."""
    if not given.municipality.has_area(command.area.model_dump()):
        raise DomainError("outside_area", "Het gebied ligt niet binnen de gemeente.")
    most = given.rules.max_open_applications
    if await store.open_applications(actor) >= most:
        raise conflict("too_many_applications", f"U hebt al {most} lopende aanvragen. Werk er eerst een af.")
    network = Network(
        code=await store.next_code(command.kind, given.network_code),
        kind=command.kind,
        name=command.name,
        nis=given.municipality.nis,
        postcodes=command.postcodes,
        police_zone=given.police_zone,
        area=command.area,
        applicant=actor,
    )
    await store.add_network(network)
    return network


async def sign_charter(
    network_id: UUID, command: commands.SignCharter, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Add a new version of the charter, signed by the applicant or a coordinator."""
    network = await own_network(network_id, by, store)
    today = given.today
    application.sign_charter(network, command.communication_plan, command.budget_plan, by.actor, today)
    await store.save_network(network)
    return network


async def submit(network_id: UUID, by: By, given: Dependencies, store: NetworkStore) -> Network:
    """Submit the charter to korpschef and burgemeester for approval."""
    network = await own_network(network_id, by, store)
    application.submit(network, by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def decide(
    network_id: UUID, command: commands.Decide, office: ApproverRole, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Approve or reject, as korpschef or burgemeester; record NetworkApproved on the second approval."""
    network = await seen_network(network_id, by, store)
    approved = command.decision == "approve"
    events = application.decide(network, office, by.actor, command.reason, given.clock.now(), approved=approved)
    await store.save_network(network)
    await store.record(*events)
    return network

"""Handles the application of a network: apply, sign the charter, submit, decide, amend."""

from uuid import UUID

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError, Word, conflict
from buurtsein_registry import commands
from buurtsein_registry.domain import amendments, application
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.progress import new_reference
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import own_network, saved, seen_network
from buurtsein_registry.handlers.stores import NetworksAndTasks, NetworkStore


async def apply_for_network(
    command: commands.ApplyForNetwork, actor: str, given: Dependencies, store: NetworkStore
) -> Network:
    """Insert a new network in state DRAFT, for which a resident applies; record NetworkApplied."""
    most = given.rules.max_open_applications
    if await store.open_applications(actor) >= most:
        raise conflict("too_many_applications", f"U hebt al {most} lopende aanvragen. Werk er eerst een af.", most=most)
    network = await new_network(command, actor, given, store)
    events = application.apply(network, given.clock.now())
    await store.add_network(network)
    await store.record(*events)
    return network


async def new_network(
    command: commands.ApplyForNetwork, applicant: str, given: Dependencies, store: NetworkStore
) -> Network:
    """Return a new network with a code of its own, not stored yet.

    Raises DomainError `outside_area` for an area elsewhere, and `dwellings_not_possible`.
    """
    _require_inside(command.area, given)
    given.rules.require_dwellings(command.dwellings)
    return Network(
        code=await store.next_code(command.kind, given.network_code),
        kind=command.kind,
        name=command.name,
        nis=given.municipality.nis,
        postcodes=command.postcodes,
        police_zone=given.police_zone,
        area=command.area,
        streets=command.streets,
        dwellings=command.dwellings,
        languages=command.languages,
        applicant=applicant,
        reference=new_reference(),
    )


async def sign_charter(
    network_id: UUID, command: commands.SignCharter, by: By, given: Dependencies, store: NetworkStore
) -> Network:
    """Add a new version of the charter, signed by the applicant or a coordinator."""
    network = await own_network(network_id, by, store)
    application.sign_charter(network, command.parts, by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def submit(network_id: UUID, by: By, given: Dependencies, store: NetworksAndTasks) -> Network:
    """Submit the charter to korpschef and burgemeester for approval; record NetworkSubmitted."""
    network = await own_network(network_id, by, store)
    events = application.submit(network, by.actor, given.clock.now())
    return await saved(network, events, given, store)


async def decide(
    network_id: UUID,
    command: commands.Decide,
    office: ApproverRole,
    by: By,
    given: Dependencies,
    store: NetworksAndTasks,
) -> Network:
    """Approve or reject an application, as korpschef or burgemeester.

    A rejection records NetworkRejected; the second of the two approvals records NetworkApproved.
    """
    network = await seen_network(network_id, by, store)
    events = application.decide(
        network,
        office,
        by.actor,
        command.reason,
        given.clock.now(),
        approved=command.decision == "approve",
        conditions=command.conditions,
    )
    return await saved(network, events, given, store)


async def amend(
    network_id: UUID, command: commands.AmendCharter, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Open a new version of the charter of a recognised network; record NetworkSubmitted."""
    network = await own_network(network_id, by, store)
    if command.area:
        _require_inside(command.area, given)
    if command.dwellings:
        given.rules.require_dwellings(command.dwellings)
    events = amendments.amend(network, command.parts, command.changes, by.actor, given.clock.now())
    return await saved(network, events, given, store)


def _require_inside(area: Area, given: Dependencies) -> None:
    if not given.municipality.has_area(area.model_dump()):
        values = {"what": Word("outside", "network")}
        raise DomainError("outside_area", "Het gebied ligt niet binnen de gemeente.", values=values)

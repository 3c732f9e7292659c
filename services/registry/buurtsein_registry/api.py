"""Defines the HTTP routes of the registry: each makes a command of the request and calls one handler."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, Reply, may_call, may_decide
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.paging import Limit, Page
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, anyone_may_read, may_read
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_contracts.model import Pseudonym
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import NetworkState
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])

_POLICE = ("korpschef", "officer")
_OFFICIALS = ("korpschef", "burgemeester", "officer", "city-officer")
_OFFICES = (*_OFFICIALS, "fod")
_RESIDENTS = ("coordinator", "member", "resident", "trader")
_ANYBODY = (*_OFFICES, *_RESIDENTS, "dispatcher", "finance", "operator")

Given = Annotated[Dependencies, provided(Dependencies)]
ByResident = Annotated[Call[Caller], may_call(*_RESIDENTS)]
ByCoordinator = Annotated[Call[Caller], may_call("coordinator")]
ByDeparting = Annotated[Call[Caller], may_call(*_RESIDENTS, *_POLICE)]
ByCityOfficer = Annotated[Call[Caller], may_call("city-officer")]
DecidedByCoordinator = Annotated[Decision, may_decide("coordinator")]
DecidedByApprover = Annotated[Decision, may_decide("korpschef", "burgemeester")]
DecidedByOfficials = Annotated[Decision, may_decide(*_OFFICIALS)]
DecidedByFod = Annotated[Decision, may_decide("fod")]
DecidedByPolice = Annotated[Decision, may_decide(*_POLICE)]
DecidedByRemover = Annotated[Decision, may_decide(*_POLICE, "burgemeester")]
ReadByAll = Annotated[Reading[Caller | None], anyone_may_read()]
ReadByOffices = Annotated[Reading[Caller], may_read(*_OFFICES)]
ReadByConcerned = Annotated[Reading[Caller], may_read(*_OFFICES, "coordinator")]
ReadByAnybody = Annotated[Reading[Caller], may_read(*_ANYBODY)]


type Handler = Callable[[Dependencies, RegistryStore], Awaitable[Network]]
"""A function that handles one request with the dependencies and the store; its other arguments are given already."""


async def _answered(call: Call[Caller], handle: Handler, given: Dependencies, status: int = 200) -> Response:
    """Call a handler in one transaction and return the network as response, with its ETag."""
    official = not call.caller.roles.isdisjoint(_OFFICES)

    async def done(uow: UnitOfWork) -> Reply:
        network = await handle(given, RegistryStore(uow))
        return Reply(views.file_of(network, given.today, for_official=official), network.version, status)

    return await call.once(done)


@router.get("/networks")
async def active_networks(
    reading: ReadByAll, given: Given, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.PublicNetwork]:
    """List the active networks; this is public."""
    return await views.active_networks(reading.connection, given.today, limit, cursor)


@router.get("/dossiers", response_model_exclude_none=True)
async def network_files(
    reading: ReadByOffices,
    given: Given,
    state: Annotated[list[NetworkState] | None, Query()] = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[views.NetworkFile]:
    """List the networks in the given states with all their data, for the officials who decide on them."""
    return await views.network_files(reading.connection, state or [], given.today, limit, cursor)


@router.get("/networks/{network_id}", response_model_exclude_none=True)
async def network_file(network_id: UUID, reading: ReadByConcerned, given: Given) -> views.NetworkFile:
    """Return one network with all its data; the ETag of the response is needed to change the network.

    A coordinator gets 404 for networks of others.
    """
    person = reading.caller.actor if reading.caller.roles.isdisjoint(_OFFICES) else None
    found = await views.network_file(reading.connection, network_id, given.today, person)
    reading.show_tag(found.version)
    return found


@router.get("/me")
async def me(reading: ReadByAnybody) -> views.Me:
    """Return the caller's pseudonym and memberships."""
    return await views.me(reading.connection, reading.caller.actor)


@router.post("/networks", status_code=201, response_model=views.NetworkFile)
async def apply_for_network(command: commands.ApplyForNetwork, call: ByResident, given: Given) -> Response:
    """Ask, as a resident, that a neighbourhood becomes a network."""
    return await _answered(call, partial(handlers.apply_for_network, command, call.caller.actor), given, 201)


@router.put("/networks/{network_id}/charter", response_model=views.NetworkFile)
async def sign_charter(
    network_id: UUID, command: commands.SignCharter, decision: DecidedByCoordinator, given: Given
) -> Response:
    """Sign the charter, or a new version of it."""
    return await _answered(decision, partial(handlers.sign_charter, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/submission", response_model=views.NetworkFile)
async def submit(network_id: UUID, decision: DecidedByCoordinator, given: Given) -> Response:
    """Submit the charter to korpschef (chief of police) and burgemeester (mayor) for approval."""
    return await _answered(decision, partial(handlers.submit, network_id, decision.by), given)


@router.post("/networks/{network_id}/approvals", response_model=views.NetworkFile)
async def decide(network_id: UUID, command: commands.Decide, decision: DecidedByApprover, given: Given) -> Response:
    """Approve or reject the charter, as korpschef or burgemeester."""
    office = _office(decision.caller)
    return await _answered(decision, partial(handlers.decide, network_id, command, office, decision.by), given)


@router.post("/networks/{network_id}/fod-submission", response_model=views.NetworkFile)
async def send_to_fod(network_id: UUID, decision: DecidedByOfficials, given: Given) -> Response:
    """Record that the signed charter was sent to the FOD (the ministry of the interior)."""
    return await _answered(decision, partial(handlers.send_to_fod, network_id, decision.by), given)


@router.post("/networks/{network_id}/recognition", response_model=views.NetworkFile)
async def recognise(network_id: UUID, command: commands.Recognise, decision: DecidedByFod, given: Given) -> Response:
    """Record that the FOD recognises the network."""
    return await _answered(decision, partial(handlers.recognise, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/return", response_model=views.NetworkFile)
async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, decision: DecidedByFod, given: Given
) -> Response:
    """Record that the FOD returned the charter, with the reason."""
    return await _answered(decision, partial(handlers.return_charter, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/coordinators", status_code=201, response_model=views.NetworkFile)
async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, decision: DecidedByPolice, given: Given
) -> Response:
    """Record the outcome of a candidate's screening, and appoint the candidate when it is favourable."""
    handle = partial(handlers.appoint_coordinator, network_id, command, decision.by)
    return await _answered(decision, handle, given, 201)


@router.post("/networks/{network_id}/coordinators/{person}/removal", response_model=views.NetworkFile)
async def remove_coordinator(
    network_id: UUID,
    person: Pseudonym,
    command: commands.RemoveCoordinator,
    decision: DecidedByRemover,
    given: Given,
) -> Response:
    """Remove a coordinator; a successor can be appointed."""
    handle = partial(handlers.remove_coordinator, network_id, person, command, decision.by)
    return await _answered(decision, handle, given)


@router.post("/networks/{network_id}/be-alert", response_model=views.NetworkFile)
async def join_be_alert(network_id: UUID, command: commands.JoinBeAlert, call: ByCoordinator, given: Given) -> Response:
    """Accept the conditions of BE-Alert for the network, as its coordinator."""
    return await _answered(call, partial(handlers.join_be_alert, network_id, command, call.caller.actor), given)


@router.post("/networks/{network_id}/members", status_code=201, response_model=views.Membership)
async def join(network_id: UUID, command: commands.JoinNetwork, call: ByResident, given: Given) -> Response:
    """Become a member of the network in which the address lies."""

    async def done(uow: UnitOfWork) -> Reply:
        member = await handlers.join(network_id, command, call.caller.actor, given, RegistryStore(uow))
        return Reply(views.membership_of(member), status=201)

    return await call.once(done)


@router.post("/members/{member_id}/departure", response_model=views.Membership)
async def leave(member_id: UUID, command: commands.Leave, call: ByDeparting, given: Given) -> Response:
    """End a membership: the member leaves, or police or a coordinator report that the member has died."""
    actor, police = call.caller.actor, not call.caller.roles.isdisjoint(_POLICE)

    async def done(uow: UnitOfWork) -> Reply:
        member = await handlers.leave(member_id, command, actor, given, RegistryStore(uow), police=police)
        return Reply(views.membership_of(member))

    return await call.once(done)


@router.post("/persons/me/erasure", response_model=views.Erasure)
async def erase_me(call: ByResident, given: Given) -> Response:
    """Delete the caller's personal data, after the last membership has ended; this cannot be undone."""
    return await _erased(call, call.caller.actor, ErasureReason.REQUESTED, given)


@router.post("/persons/{person}/erasure", response_model=views.Erasure)
async def erase_person(person: Pseudonym, command: commands.ErasePerson, call: ByCityOfficer, given: Given) -> Response:
    """Delete a person's data, because the person asked the city for it or died; this cannot be undone."""
    return await _erased(call, person, command.reason, given, official=call.caller.actor)


async def _erased(
    call: Call[Caller], person: str, reason: ErasureReason, given: Dependencies, *, official: str | None = None
) -> Response:
    async def done(uow: UnitOfWork) -> Reply:
        erasure = await handlers.erase(person, reason, given, RegistryStore(uow), official=official)
        return Reply(views.erasure_of(erasure))

    return await call.once(done)


def _office(caller: Caller) -> ApproverRole:
    """Return the office in which the caller decides; a caller with both roles decides as korpschef."""
    return next(role for role in ApproverRole if role in caller.roles)

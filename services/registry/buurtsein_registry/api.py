"""The registry over HTTP: each route makes one command of the request and hands it to one handler."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from buurtsein_chassis.auth import Caller, allow, anyone
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.earlier_calls import Answer, Call, Command, Reading, SeenVersion
from buurtsein_chassis.entity_tags import etag
from buurtsein_chassis.paging import Limit, Page
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_contracts.model import Pseudonym
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Erasure
from buurtsein_registry.domain.states import NetworkState
from buurtsein_registry.handlers import By, Municipality
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])

_POLICE = ("korpschef", "officer")
_OFFICIALS = ("korpschef", "burgemeester", "officer", "city-officer")
_OFFICES = (*_OFFICIALS, "fod")
_RESIDENTS = ("coordinator", "member", "resident", "trader")

Applicant = Annotated[Caller, allow(*_RESIDENTS)]
Approver = Annotated[Caller, allow("korpschef", "burgemeester")]
Police = Annotated[Caller, allow(*_POLICE)]
Remover = Annotated[Caller, allow(*_POLICE, "burgemeester")]
Departing = Annotated[Caller, allow(*_RESIDENTS, *_POLICE)]
Official = Annotated[Caller, allow(*_OFFICES)]
Local = Annotated[Caller, allow(*_OFFICIALS)]
Fod = Annotated[Caller, allow("fod")]
CityOfficer = Annotated[Caller, allow("city-officer")]
OfCoordinator = Annotated[Caller, allow("coordinator")]
Concerned = Annotated[Caller, allow(*_OFFICES, "coordinator")]
Anybody = Annotated[Caller, allow(*_OFFICES, *_RESIDENTS, "dispatcher", "finance", "operator")]


async def _municipality(request: Request) -> Municipality:
    municipality: Municipality = request.app.state.municipality
    return municipality


OnMap = Annotated[Municipality, Depends(_municipality)]


async def _network(
    call: Call, caller: Caller, work: Callable[[RegistryStore], Awaitable[Network]], status: int = 200
) -> Response:
    official = bool(caller.roles.intersection(_OFFICES))

    async def answered(uow: UnitOfWork) -> Answer:
        network = await work(RegistryStore(uow))
        return Answer(views.file_of(network, for_official=official), network.version)

    return await call.once(caller, answered, status)


async def _membership(
    call: Call, caller: Caller, work: Callable[[RegistryStore], Awaitable[Member]], status: int = 200
) -> Response:
    async def answered(uow: UnitOfWork) -> Answer:
        return Answer(views.membership_of(await work(RegistryStore(uow))))

    return await call.once(caller, answered, status)


async def _erasure(
    call: Call, caller: Caller, person: str, reason: ErasureReason, *, official: str | None = None
) -> Response:
    async def answered(uow: UnitOfWork) -> Answer:
        return Answer(await handlers.erase(person, reason, RegistryStore(uow), official=official))

    return await call.once(caller, answered)


@router.get("/networks")
async def active_networks(
    _: Annotated[Caller | None, anyone()], connection: Reading, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.PublicNetwork]:
    """The public overview of active networks."""
    return await views.active_networks(connection, limit, cursor)


@router.get("/dossiers", response_model_exclude_none=True)
async def network_files(
    _: Official,
    connection: Reading,
    state: Annotated[list[NetworkState] | None, Query()] = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[views.NetworkFile]:
    """The files of networks in given states: the work list of those who decide."""
    return await views.network_files(connection, state or [], limit, cursor)


@router.get("/networks/{network_id}", response_model_exclude_none=True)
async def network_file(
    network_id: UUID, caller: Concerned, connection: Reading, response: Response
) -> views.NetworkFile:
    """The file of one network, with the ETag for changing it; for a coordinator, only their own exists."""
    person = None if caller.roles.intersection(_OFFICES) else caller.actor
    found = await views.network_file(connection, network_id, person)
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/me")
async def me(caller: Anybody, connection: Reading) -> views.Me:
    """How the registry knows you: your pseudonym and memberships."""
    return await views.me(connection, caller.actor)


@router.post("/networks", status_code=201, response_model=views.NetworkFile)
async def apply_for_network(
    command: commands.ApplyForNetwork, call: Command, caller: Applicant, municipality: OnMap
) -> Response:
    """Apply for a network."""
    return await _network(
        call, caller, lambda store: handlers.apply_for_network(command, caller.actor, municipality, store), 201
    )


@router.put("/networks/{network_id}/charter", response_model=views.NetworkFile)
async def sign_charter(
    network_id: UUID, command: commands.SignCharter, call: Command, caller: OfCoordinator, seen: SeenVersion
) -> Response:
    """Sign the charter, or a new version of it."""
    by = By(caller.actor, seen)
    return await _network(call, caller, lambda store: handlers.sign_charter(network_id, command, by, store))


@router.post("/networks/{network_id}/submission", response_model=views.NetworkFile)
async def submit(network_id: UUID, call: Command, caller: OfCoordinator, seen: SeenVersion) -> Response:
    """Offer the charter to korpschef and burgemeester."""
    by = By(caller.actor, seen)
    return await _network(call, caller, lambda store: handlers.submit(network_id, by, store))


@router.post("/networks/{network_id}/approvals", response_model=views.NetworkFile)
async def decide(
    network_id: UUID, command: commands.Decide, call: Command, caller: Approver, seen: SeenVersion
) -> Response:
    """Approve or reject, as korpschef or burgemeester."""
    office, by = _office(caller), By(caller.actor, seen)
    return await _network(call, caller, lambda store: handlers.decide(network_id, command, office, by, store))


@router.post("/networks/{network_id}/fod-submission", response_model=views.NetworkFile)
async def send_to_fod(network_id: UUID, call: Command, caller: Local, seen: SeenVersion) -> Response:
    """Note that the signed charter was sent to the FOD."""
    by = By(caller.actor, seen)
    return await _network(call, caller, lambda store: handlers.send_to_fod(network_id, by, store))


@router.post("/networks/{network_id}/recognition", response_model=views.NetworkFile)
async def recognise(
    network_id: UUID, command: commands.Recognise, call: Command, caller: Fod, seen: SeenVersion
) -> Response:
    """Recognise the network."""
    by = By(caller.actor, seen)
    return await _network(call, caller, lambda store: handlers.recognise(network_id, command, by, store))


@router.post("/networks/{network_id}/return", response_model=views.NetworkFile)
async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, call: Command, caller: Fod, seen: SeenVersion
) -> Response:
    """Send the charter back, with the reason."""
    by = By(caller.actor, seen)
    return await _network(call, caller, lambda store: handlers.return_charter(network_id, command, by, store))


@router.post("/networks/{network_id}/coordinators", status_code=201, response_model=views.NetworkFile)
async def appoint_coordinator(
    network_id: UUID,
    command: commands.AppointCoordinator,
    call: Command,
    caller: Police,
    seen: SeenVersion,
    municipality: OnMap,
) -> Response:
    """Note the outcome of a screening, and appoint the candidate when it was favourable."""
    by, rules = By(caller.actor, seen), municipality.rules
    return await _network(
        call, caller, lambda store: handlers.appoint_coordinator(network_id, command, by, rules, store), 201
    )


@router.post("/networks/{network_id}/coordinators/{person}/removal", response_model=views.NetworkFile)
async def remove_coordinator(
    network_id: UUID,
    person: Pseudonym,
    command: commands.RemoveCoordinator,
    call: Command,
    caller: Remover,
    seen: SeenVersion,
) -> Response:
    """Somebody is coordinator no longer; a successor can be appointed."""
    by = By(caller.actor, seen)
    return await _network(
        call, caller, lambda store: handlers.remove_coordinator(network_id, person, command, by, store)
    )


@router.post("/networks/{network_id}/be-alert", response_model=views.NetworkFile)
async def join_be_alert(
    network_id: UUID, command: commands.JoinBeAlert, call: Command, caller: OfCoordinator, municipality: OnMap
) -> Response:
    """Agree, as coordinator, to communicate through BE-Alert."""
    rules = municipality.rules
    return await _network(
        call, caller, lambda store: handlers.join_be_alert(network_id, command, caller.actor, rules, store)
    )


@router.post("/networks/{network_id}/members", status_code=201, response_model=views.Membership)
async def join(
    network_id: UUID, command: commands.JoinNetwork, call: Command, caller: Applicant, municipality: OnMap
) -> Response:
    """Join the network of your address."""
    return await _membership(
        call, caller, lambda store: handlers.join(network_id, command, caller.actor, municipality, store), 201
    )


@router.post("/members/{member_id}/departure", response_model=views.Membership)
async def leave(member_id: UUID, command: commands.Leave, call: Command, caller: Departing) -> Response:
    """Leave a network; police and coordinators can say that a member has died."""
    police = bool(caller.roles.intersection(_POLICE))
    return await _membership(
        call, caller, lambda store: handlers.leave(member_id, command, caller.actor, store, police=police)
    )


@router.post("/persons/me/erasure", response_model=Erasure)
async def erase_me(call: Command, caller: Applicant) -> Response:
    """Have the registry forget who you were, after you left; this cannot be undone."""
    return await _erasure(call, caller, caller.actor, ErasureReason.REQUESTED)


@router.post("/persons/{person}/erasure", response_model=Erasure)
async def erase_person(
    person: Pseudonym, command: commands.ErasePerson, call: Command, caller: CityOfficer
) -> Response:
    """Have the registry forget who somebody was: who asked the city for it, or died; this cannot be undone."""
    return await _erasure(call, caller, person, command.reason, official=caller.actor)


def _office(caller: Caller) -> ApproverRole:
    """The office in which somebody decides; who holds both decides as korpschef."""
    return next(role for role in ApproverRole if role in caller.roles)

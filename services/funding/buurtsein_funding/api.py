"""Funding over HTTP: each route makes one command of the request and hands it to one handler."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from buurtsein_chassis.auth import Caller, allow
from buurtsein_chassis.calls import Answer, Call, Command, Page, Reading, SeenVersion, check_version, etag
from buurtsein_chassis.database import UnitOfWork
from buurtsein_funding import commands, handlers, views
from buurtsein_funding.domain.application import Application, ApplicationState
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_funding.store import FundingStore

router = APIRouter(tags=["funding"])

_CITY = ("finance", "city-officer")
_OFFICIALS = (*_CITY, "burgemeester")

Coordinator = Annotated[Caller, allow("coordinator")]
Finance = Annotated[Caller, allow("finance")]
City = Annotated[Caller, allow(*_CITY)]
Concerned = Annotated[Caller, allow("coordinator", *_CITY)]
Reader = Annotated[Caller, allow("coordinator", *_OFFICIALS)]
Limit = Annotated[int, Query(ge=1, le=200)]


async def _schemes(request: Request) -> Schemes:
    schemes: Schemes = request.app.state.schemes
    return schemes


OfCity = Annotated[Schemes, Depends(_schemes)]


async def _application(
    call: Call, caller: Caller, work: Callable[[FundingStore], Awaitable[Application]], status: int = 200
) -> Response:
    async def answered(uow: UnitOfWork) -> Answer:
        application = await work(FundingStore(uow))
        return Answer(views.file_of(application), application.version)

    return await call.once(caller, answered, status)


@router.post("/applications", status_code=201, response_model=views.ApplicationFile)
async def request_support(
    command: commands.RequestSupport, call: Command, caller: Coordinator, schemes: OfCity
) -> Response:
    """Request support for a network's communication costs in one year."""
    return await _application(
        call, caller, lambda store: handlers.request_support(command, caller.actor, schemes, store), 201
    )


@router.post("/applications/{application_id}/decision", response_model=views.ApplicationFile)
async def decide(
    application_id: UUID, command: commands.Decide, call: Command, caller: Finance, seen: SeenVersion
) -> Response:
    """Grant or reject an application exactly as it was seen, on the conditions as they stand now."""

    async def work(store: FundingStore) -> Application:
        application = await store.application(application_id)
        check_version(seen, application.version)
        return await handlers.decide(application, command, caller.actor, store)

    return await _application(call, caller, work)


@router.get("/applications", response_model_exclude_none=True)
async def application_files(
    _: City,
    connection: Reading,
    state: Annotated[list[ApplicationState] | None, Query()] = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[views.ApplicationFile]:
    """Applications in given states: the work list of those who decide."""
    return await views.application_files(connection, state or [], limit, cursor)


@router.get("/applications/{application_id}", response_model_exclude_none=True)
async def application_file(
    application_id: UUID, caller: Reader, connection: Reading, response: Response
) -> views.ApplicationFile:
    """One application; for a coordinator, only their own exists."""
    requester = None if caller.roles.intersection(_OFFICIALS) else caller.actor
    found = await views.application_file(connection, application_id, requester)
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/networks/{network_id}/conditions", response_model_exclude_none=True)
async def conditions_now(
    network_id: UUID, caller: Concerned, connection: Reading, schemes: OfCity
) -> views.ConditionsNow:
    """What the four conditions would be answered if you applied now; a coordinator asks of the own networks only."""
    network = await views.known_network(connection, network_id)
    if not caller.roles.intersection(_CITY):
        handlers.of_coordinator(network, caller.actor)
    return views.conditions_now(handlers.known(network), caller.actor, schemes)

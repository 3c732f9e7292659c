"""Defines the HTTP routes of funding: each makes a command of the request and calls one handler."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, Reply, may_call, may_decide
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.paging import Limit, Page
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_funding import commands, handlers, views
from buurtsein_funding.domain.application import ApplicationState
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.projections import network_of
from buurtsein_funding.store import FundingStore

router = APIRouter(tags=["funding"])

_CITY = ("finance", "city-officer")
_OFFICIALS = (*_CITY, "burgemeester")

Given = Annotated[Dependencies, provided(Dependencies)]
ByCoordinator = Annotated[Call[Caller], may_call("coordinator")]
ByFinance = Annotated[Decision, may_decide("finance")]
ReadByCity = Annotated[Reading[Caller], may_read(*_CITY)]
ReadByConcerned = Annotated[Reading[Caller], may_read("coordinator", *_CITY)]
ReadByOfficials = Annotated[Reading[Caller], may_read("coordinator", *_OFFICIALS)]


@router.post("/applications", status_code=201, response_model=views.ApplicationFile)
async def request_support(command: commands.RequestSupport, call: ByCoordinator, given: Given) -> Response:
    """Request support for a network's communication costs in one year."""

    async def handle(uow: UnitOfWork) -> Reply:
        application = await handlers.request_support(command, call.caller.actor, given, FundingStore(uow))
        return Reply(views.file_of(application), application.version, status=201)

    return await call.once(handle)


@router.post("/applications/{application_id}/decision", response_model=views.ApplicationFile)
async def decide(application_id: UUID, command: commands.Decide, decision: ByFinance, given: Given) -> Response:
    """Grant or reject an application in the version that the official has read; the conditions are checked again."""

    async def handle(uow: UnitOfWork) -> Reply:
        application = await handlers.decide(application_id, command, decision.by, given, FundingStore(uow))
        return Reply(views.file_of(application), application.version)

    return await decision.once(handle)


@router.get("/applications", response_model_exclude_none=True)
async def application_files(
    reading: ReadByCity,
    state: Annotated[list[ApplicationState] | None, Query()] = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[views.ApplicationFile]:
    """List the applications in the given states, for the officials who decide on them."""
    return await views.application_files(reading.connection, state or [], limit, cursor)


@router.get("/applications/{application_id}", response_model_exclude_none=True)
async def application_file(application_id: UUID, reading: ReadByOfficials) -> views.ApplicationFile:
    """Return one application for support; a coordinator gets 404 for an application of somebody else."""
    caller = reading.caller
    requester = None if caller.roles.intersection(_OFFICIALS) else caller.actor
    found = await views.application_file(reading.connection, application_id, requester)
    reading.show_tag(found.version)
    return found


@router.get("/networks/{network_id}/conditions", response_model_exclude_none=True)
async def conditions_now(network_id: UUID, reading: ReadByConcerned, given: Given) -> views.ConditionsNow:
    """Return whether the network would meet each of the four conditions for funding if the caller applied now.

    A coordinator can only ask for a network of which they are coordinator.
    """
    caller = reading.caller
    network = await network_of(reading.connection, network_id)
    if not caller.roles.intersection(_CITY):
        handlers.of_coordinator(network, caller.actor)
    return views.conditions_now(handlers.known(network), caller.actor, given)

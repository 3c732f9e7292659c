"""Defines the routes with which support is requested, and applications are read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.paging import Limit, Page
from buurtsein_funding import commands, handlers, views
from buurtsein_funding.api.callers import OFFICIALS, ByCoordinator, Given, ReadByCity, ReadByOfficials
from buurtsein_funding.domain.application import ApplicationState
from buurtsein_funding.store import FundingStore

router = APIRouter(tags=["funding"])


@router.post("/applications", status_code=201, response_model=views.ApplicationFile)
async def request_support(command: commands.RequestSupport, call: ByCoordinator, given: Given) -> Response:
    """Request support for a network's communication costs in one year."""

    async def handle(uow: UnitOfWork) -> Reply:
        application = await handlers.request_support(command, call.caller.actor, given, FundingStore(uow))
        return Reply(views.file_of(application), application.version, status=201)

    return await call.once(handle)


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
    requester = None if caller.roles.intersection(OFFICIALS) else caller.actor
    found = await views.application_file(reading.connection, application_id, requester)
    reading.show_tag(found.version)
    return found

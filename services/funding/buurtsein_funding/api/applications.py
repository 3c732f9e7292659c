"""Defines the routes with which coordinators ask support, and the route that shows one application."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.languages import ReadBy
from buurtsein_funding import commands, handlers, views
from buurtsein_funding.api.answers import answered
from buurtsein_funding.api.callers import ByCoordinator, DecidedByCoordinator, Given, ReadByOfficials, own_reader

router = APIRouter(tags=["funding"])


@router.post("/applications", status_code=201, response_model=views.ApplicationFile)
async def request_support(command: commands.RequestSupport, call: ByCoordinator, given: Given) -> Response:
    """Request support for a network's communication costs in one year, or keep the request as a draft."""
    return await answered(call, partial(handlers.request_support, command, call.caller.actor), given, 201)


@router.put("/applications/{application_id}/form", response_model=views.ApplicationFile)
async def edit(
    application_id: UUID, command: commands.FillInForm, decision: DecidedByCoordinator, given: Given
) -> Response:
    """Replace the form of a draft, or of an application to which finance asked to add something."""
    return await answered(decision, partial(handlers.edit, application_id, command, decision.by), given)


@router.post("/applications/{application_id}/submission", response_model=views.ApplicationFile)
async def submit(application_id: UUID, decision: DecidedByCoordinator, given: Given) -> Response:
    """Submit a draft, or submit an application again after finance asked to add something."""
    return await answered(decision, partial(handlers.submit, application_id, decision.by), given)


@router.post("/applications/{application_id}/withdrawal", response_model=views.ApplicationFile)
async def withdraw(application_id: UUID, decision: DecidedByCoordinator, given: Given) -> Response:
    """Withdraw an application before it is decided."""
    return await answered(decision, partial(handlers.withdraw, application_id, decision.by), given)


@router.get("/applications/{application_id}", response_model_exclude_none=True)
async def application_file(application_id: UUID, reading: ReadByOfficials, reader: ReadBy) -> views.ApplicationFile:
    """Return one application for support; a coordinator gets 404 for an application of another network."""
    own = own_reader(reading.caller)
    found = await views.application_file(reading.connection, application_id, own, reader)
    reading.show_tag(found.version)
    reading.show_language(reader)
    return found

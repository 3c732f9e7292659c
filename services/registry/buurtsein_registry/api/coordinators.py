"""Defines the routes that appoint and remove coordinators."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_contracts.model import Pseudonym
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import DecidedByPolice, DecidedByRemover, Given

router = APIRouter(tags=["registry"])


@router.post("/networks/{network_id}/coordinators", status_code=201, response_model=views.NetworkFile)
async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, decision: DecidedByPolice, given: Given
) -> Response:
    """Record the outcome of a candidate's screening, and appoint the candidate when it is favourable."""
    handle = partial(handlers.appoint_coordinator, network_id, command, decision.by)
    return await answered(decision, handle, given, 201)


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
    return await answered(decision, handle, given)

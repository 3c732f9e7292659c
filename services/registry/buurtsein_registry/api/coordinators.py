"""Defines the routes that appoint, remove and replace coordinators, and that handle appeals against a removal."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.commands import By
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import (
    ByAppellant,
    DecidedByBurgemeester,
    DecidedByPolice,
    DecidedByRemover,
    DecidedBySuccession,
    Given,
)
from buurtsein_registry.store import RegistryStore

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
    """Remove a coordinator from the office; coordinators may remove themselves, because they resign or move house."""
    handle = partial(handlers.remove_coordinator, network_id, person, command, decision.by)
    return await answered(decision, handle, given)


@router.post("/networks/{network_id}/succession", response_model=views.NetworkFile)
async def succeed(network_id: UUID, command: commands.Succeed, decision: DecidedBySuccession, given: Given) -> Response:
    """Replace the main coordinator by a successor in one step."""
    return await answered(decision, partial(handlers.succeed, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/coordinators/{person}/appeal", status_code=201, response_model=views.Removal)
async def lodge_appeal(
    network_id: UUID, person: Pseudonym, command: commands.LodgeAppeal, call: ByAppellant, given: Given
) -> Response:
    """Appeal against a removal, as the removed coordinator; the city enters an appeal that came by letter."""

    async def done(uow: UnitOfWork) -> Reply:
        by = By(call.caller.actor, "", call.caller.roles)
        network = await handlers.lodge_appeal(network_id, person, command, by, given, RegistryStore(uow, given.keyring))
        return Reply(views.last_removal_of(network, person, given.today), status=201)

    return await call.once(done)


@router.post("/networks/{network_id}/coordinators/{person}/appeal-decision", response_model=views.NetworkFile)
async def decide_appeal(
    network_id: UUID,
    person: Pseudonym,
    command: commands.DecideAppeal,
    decision: DecidedByBurgemeester,
    given: Given,
) -> Response:
    """Decide on an appeal; when it is upheld, the person is coordinator again."""
    handle = partial(handlers.decide_appeal, network_id, person, command, decision.by)
    return await answered(decision, handle, given)

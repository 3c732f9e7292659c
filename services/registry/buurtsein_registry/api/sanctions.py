"""Defines the routes for measures against members: warning, suspension, and the three steps of an exclusion."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import (
    DecidedByCoordinator,
    DecidedByKorpschef,
    DecidedByMandated,
    DecidedByPolice,
    Given,
)
from buurtsein_registry.api.members import answered

router = APIRouter(tags=["registry"])


@router.post("/members/{member_id}/warnings", status_code=201, response_model=views.Membership)
async def warn(member_id: UUID, command: commands.Warn, decision: DecidedByPolice, given: Given) -> Response:
    """Warn a member in writing; the member stays active."""
    return await answered(decision, partial(handlers.warn, member_id, command, decision.by), given, 201)


@router.post("/members/{member_id}/suspension", response_model=views.Membership)
async def suspend_member(
    member_id: UUID, command: commands.SuspendMember, decision: DecidedByPolice, given: Given
) -> Response:
    """Suspend a member up to and including a given day."""
    return await answered(decision, partial(handlers.suspend_member, member_id, command, decision.by), given)


@router.post("/members/{member_id}/exclusion", response_model=views.Membership)
async def propose_exclusion(
    member_id: UUID, command: commands.ProposeExclusion, decision: DecidedByCoordinator, given: Given
) -> Response:
    """Propose to exclude a member from a network, as its coordinator, who signs the exclusion by proposing it."""
    return await answered(decision, partial(handlers.propose_exclusion, member_id, command, decision.by), given)


@router.post("/members/{member_id}/exclusion/signature", response_model=views.Membership)
async def sign_exclusion(member_id: UUID, decision: DecidedByMandated, given: Given) -> Response:
    """Sign a proposed exclusion, as a mandated officer of the network."""
    return await answered(decision, partial(handlers.sign_exclusion, member_id, decision.by), given)


@router.post("/members/{member_id}/exclusion/confirmation", response_model=views.Membership)
async def confirm_exclusion(member_id: UUID, decision: DecidedByKorpschef, given: Given) -> Response:
    """Confirm an exclusion that an officer has signed, as korpschef (chief of police); the membership ends."""
    return await answered(decision, partial(handlers.confirm_exclusion, member_id, decision.by), given)

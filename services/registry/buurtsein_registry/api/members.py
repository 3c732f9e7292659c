"""Defines the routes with which people become member of a network and leave it."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import POLICE, ByDeparting, ByResident, Given
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.post("/networks/{network_id}/members", status_code=201, response_model=views.Membership)
async def join(network_id: UUID, command: commands.JoinNetwork, call: ByResident, given: Given) -> Response:
    """Become a member of the network in which the address lies."""

    async def done(uow: UnitOfWork) -> Reply:
        member = await handlers.join(network_id, command, call.caller.actor, given, RegistryStore(uow, given.keyring))
        return Reply(views.membership_of(member), status=201)

    return await call.once(done)


@router.post("/members/{member_id}/departure", response_model=views.Membership)
async def leave(member_id: UUID, command: commands.Leave, call: ByDeparting, given: Given) -> Response:
    """End a membership: the member leaves, or police or a coordinator report that the member has died."""
    actor, police = call.caller.actor, not call.caller.roles.isdisjoint(POLICE)

    async def done(uow: UnitOfWork) -> Reply:
        member = await handlers.leave(
            member_id, command, actor, given, RegistryStore(uow, given.keyring), police=police
        )
        return Reply(views.membership_of(member))

    return await call.once(done)

"""Defines the route with which somebody tells that a member could not be reached."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import OFFICIALS, ByContacting, Given
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.post("/members/{member_id}/contact-failures", response_model=views.Membership)
async def contact_failed(
    member_id: UUID, command: commands.ContactFailed, call: ByContacting, given: Given
) -> Response:
    """Tell that a member could not be reached by a channel, such as a number that does not exist any more."""
    actor, official = call.caller.actor, not call.caller.roles.isdisjoint(OFFICIALS)

    async def done(uow: UnitOfWork) -> Reply:
        store = RegistryStore(uow, given.keyring)
        member = await handlers.contact_failed(member_id, command.channel, actor, given, store, official=official)
        return Reply(views.membership_of(member))

    return await call.once(done)

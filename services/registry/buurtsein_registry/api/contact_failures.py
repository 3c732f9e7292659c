"""Defines the route that records that a member could not be reached by a channel, such as SMS."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import OFFICIALS, ByContacting, Given
from buurtsein_registry.api.members import answered

router = APIRouter(tags=["registry"])


@router.post("/members/{member_id}/contact-failures", response_model=views.Membership)
async def contact_failed(
    member_id: UUID, command: commands.ContactFailed, call: ByContacting, given: Given
) -> Response:
    """Record that a member could not be reached by a channel, such as a phone number that no longer exists."""
    actor, official = call.caller.actor, not call.caller.roles.isdisjoint(OFFICIALS)
    handle = partial(handlers.contact_failed, member_id, command.channel, actor, official=official)
    return await answered(call, handle, given)

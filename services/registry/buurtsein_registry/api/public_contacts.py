"""Defines the routes with which coordinators publish their e-mail address or phone number, and withdraw it."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import ByCoordinator, Given
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.put("/networks/{network_id}/public-contact", response_model=views.ContactPublished)
async def publish_contact(
    network_id: UUID, command: commands.PublishContact, call: ByCoordinator, given: Given
) -> Response:
    """Show the caller's own e-mail address or phone number to everybody in the public list of networks."""

    async def done(uow: UnitOfWork) -> Reply:
        store = RegistryStore(uow, given.keyring)
        made = await handlers.publish_contact(network_id, command, call.caller.actor, given, store)
        return Reply(views.contact_published(made))

    return await call.once(done)


@router.delete("/networks/{network_id}/public-contact", response_model=views.ContactWithdrawn)
async def withdraw_contact(network_id: UUID, call: ByCoordinator, given: Given) -> Response:
    """Delete the public contact of the caller, a coordinator, from a network at once; the consent is withdrawn."""

    async def done(uow: UnitOfWork) -> Reply:
        await handlers.withdraw_contact(network_id, call.caller.actor, RegistryStore(uow, given.keyring))
        return Reply(views.ContactWithdrawn())

    return await call.once(done)

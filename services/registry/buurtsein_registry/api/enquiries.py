"""Defines the routes of enquiries: anybody sends one, the coordinators of the network read and close it."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import (
    ByAll,
    DecidedByCoordinator,
    Given,
    ReadByCoordinator,
    ReadByOfficials,
)
from buurtsein_registry.api.vault import noted
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.post("/networks/{network_id}/enquiries", status_code=201, response_model=views.EnquirySent)
async def send_enquiry(network_id: UUID, command: commands.SendEnquiry, call: ByAll, given: Given) -> Response:
    """Ask the coordinators of a recognised network something; this is public, and shows no address of anybody.

    The coordinators see the question when they look; nobody is mailed.
    """

    async def done(uow: UnitOfWork) -> Reply:
        enquiry = await handlers.send_enquiry(network_id, command, given, RegistryStore(uow, given.keyring))
        return Reply(views.sent(enquiry), status=201)

    return await call.once(done)


@router.get("/networks/{network_id}/enquiries", response_model_exclude_none=True)
async def enquiries(network_id: UUID, reading: ReadByCoordinator, given: Given) -> views.EnquiriesShown:
    """Return the enquiries of a network with how to reach who asks, for its coordinators; each read is noted."""
    actor = reading.caller.actor
    return views.enquiries_shown(await noted(reading, given, lambda s: handlers.read_enquiries(network_id, actor, s)))


@router.get("/networks/{network_id}/enquiries/counts", response_model_exclude_none=True)
async def enquiry_counts(network_id: UUID, reading: ReadByOfficials) -> views.EnquiryCounts:
    """Return how many enquiries of a network are open, answered and spam; officials do not read them."""
    return await views.enquiry_counts(reading.connection, network_id)


@router.post("/enquiries/{enquiry_id}/closure", response_model=views.EnquiryState)
async def close_enquiry(
    enquiry_id: UUID, command: commands.CloseEnquiry, decision: DecidedByCoordinator, given: Given
) -> Response:
    """Mark an enquiry as answered or as spam, as a coordinator of its network; `If-Match` is its `version`."""

    async def done(uow: UnitOfWork) -> Reply:
        store = RegistryStore(uow, given.keyring)
        enquiry = await handlers.close_enquiry(enquiry_id, command, decision.by, given, store)
        return Reply(views.enquiry_state(enquiry), enquiry.version)

    return await decision.once(done)

"""Defines the routes of enquiries: anybody sends one, the coordinators of the network read and close it."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.paging import Limit, Page
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
    """Send a question to the coordinators of a recognised network; this is public, and shows nobody's address.

    The coordinators see the question when they look; nobody is mailed. The sender can withdraw it with the token.
    """

    async def done(uow: UnitOfWork) -> Reply:
        enquiry = await handlers.send_enquiry(network_id, command, given, RegistryStore(uow, given.keyring))
        return Reply(views.sent(enquiry), status=201)

    return await call.once(done, complete=partial(views.add_token, given.keyring))


@router.get("/networks/{network_id}/enquiries", response_model_exclude_none=True)
async def enquiries(
    network_id: UUID,
    reading: ReadByCoordinator,
    given: Given,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(pattern=views.CURSOR)] = None,
) -> Page[views.EnquiryShown]:
    """Return a network's enquiries, with the senders' contact data, to its coordinators; each read is recorded.

    Open ones come first, then the newest.
    """
    actor, after = reading.caller.actor, views.enquiry_place(cursor)
    found = await noted(reading, given, lambda s: handlers.read_enquiries(network_id, actor, s, limit, after))
    return views.enquiries_shown(found, limit)


@router.get("/networks/{network_id}/enquiries/counts", response_model_exclude_none=True)
async def enquiry_counts(network_id: UUID, reading: ReadByOfficials) -> views.EnquiryCounts:
    """Return how many enquiries of a network are open, answered and spam; officials cannot read their texts."""
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


@router.post("/enquiries/{enquiry_id}/withdrawal", response_model=views.EnquiryWithdrawn)
async def withdraw_enquiry(enquiry_id: UUID, command: commands.WithdrawEnquiry, call: ByAll, given: Given) -> Response:
    """Delete an enquiry as its sender, with the token of the confirmation; this is public."""

    async def done(uow: UnitOfWork) -> Reply:
        await handlers.withdraw_enquiry(enquiry_id, command, given, RegistryStore(uow, given.keyring))
        return Reply(views.EnquiryWithdrawn())

    return await call.once(done)

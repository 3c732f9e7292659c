"""Defines the route to which a peer posts receipts; the peer's signature proves who sends them, not a token."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from buurtsein_chassis.provided import provided
from buurtsein_chassis.uploads import Upload, anyone_may_upload
from buurtsein_notifier import handlers, views
from buurtsein_notifier.adapters.receiving import ReceiptReader
from buurtsein_notifier.api.callers import Given
from buurtsein_notifier.store import NotifierStore

router = APIRouter(tags=["notifier"])

KINDS = ("application/json", "application/x-www-form-urlencoded", "application/xml", "text/xml")
LARGEST = 256 * 1024
SECONDS = 10.0
_AS_SENT = {"requestBody": {"required": True, "content": {kind: {"schema": {}} for kind in KINDS}}}


@router.post("/receipts/{adapter}", response_model=views.ReceiptsTaken, openapi_extra=_AS_SENT)
async def receive(
    adapter: str,
    request: Request,
    upload: Annotated[Upload, anyone_may_upload(*KINDS)],
    reader: Annotated[ReceiptReader, provided(ReceiptReader)],
    given: Given,
) -> Response:
    """Take receipts from the peer of an adapter: how many members of each network got a message, by channel.

    The form of the body and its proof are those of the adapter. Receipts about other messages are ignored. The same
    request sent again changes nothing.
    """
    found = reader.read(adapter, request.headers, await upload.read(LARGEST, SECONDS))
    async with upload.unit_of_work() as uow:
        taken = await handlers.receive(found, adapter, given, NotifierStore(uow))
    told = views.ReceiptsTaken(taken=taken, ignored=len(found) - taken)
    return Response(told.model_dump_json(), media_type="application/json")

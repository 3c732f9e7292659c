"""Defines the routes of accounts, batches of payments, their files, the bank's answers, and the settlement."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.lists import AS_CSV, ListPage
from buurtsein_chassis.uploads import Upload, may_upload
from buurtsein_funding import commands, handlers, views
from buurtsein_funding.api.answers import answered
from buurtsein_funding.api.callers import (
    CITY,
    ByCoordinator,
    ByFinance,
    DecidedByFinance,
    DecidedByOfficials,
    Given,
    ListedForCity,
    ReadByCity,
    ReadByConcerned,
    ReadByFinance,
    WhyRead,
    own_reader,
)
from buurtsein_funding.bank import read_results
from buurtsein_funding.bank.results import MAX_BYTES
from buurtsein_funding.domain.payment import Batch, Payment
from buurtsein_funding.store import FundingStore

router = APIRouter(tags=["funding"])

RESULT_KINDS = ("application/octet-stream", "application/xml", "text/csv", "text/xml")
SECONDS = 60.0
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_RESULTS = {"requestBody": {"required": True, "content": dict.fromkeys(RESULT_KINDS, _BINARY)}}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/xml": _BINARY, "text/csv": _BINARY}, "description": "The payment file."}
}
_MEDIA = {views.FileForm.PAIN001: ("application/xml", "xml"), views.FileForm.CSV: ("text/csv; charset=utf-8", "csv")}


@router.put("/applications/{application_id}/account", response_model=views.ShownAccount)
async def give_account(
    application_id: UUID, command: commands.GiveAccount, call: ByCoordinator, given: Given
) -> Response:
    """As a coordinator, give the bank account to which the support is paid; the response shows the number masked."""

    async def handle(uow: UnitOfWork) -> Reply:
        await handlers.give_account(application_id, command, call.caller.actor, given, FundingStore(uow))
        return Reply(views.AccountGiven(application_id=application_id))

    return await call.once(handle, complete=partial(views.add_account, command.made()))


@router.get("/applications/{application_id}/account", response_model_exclude_none=True)
async def account(
    application_id: UUID, reading: ReadByConcerned, given: Given, reason: WhyRead = None
) -> views.ShownAccount:
    """Return the account of an application, masked; record who read it and, for a reader of the city, the reason."""
    reading.keep_private()
    by = views.Reading(reading.caller, own_reader(reading.caller, CITY), reason)
    return await views.account_read(reading.connection, application_id, by, given.keyring)


@router.post("/payment-batches", status_code=201, response_model=views.BatchFile)
async def prepare(command: commands.PreparePayments, call: ByFinance, given: Given) -> Response:
    """Prepare the payment of granted applications in one file, which somebody else must release."""

    async def handle(uow: UnitOfWork) -> Reply:
        return _shown(*await handlers.prepare(command, call.caller.actor, given, FundingStore(uow)), status=201)

    return await call.once(handle)


@router.post("/payment-batches/{batch_id}/release", response_model=views.BatchFile)
async def release(batch_id: UUID, decision: DecidedByOfficials, given: Given) -> Response:
    """Release a batch of payments, as a person who did not prepare it; the file can then be fetched."""

    async def handle(uow: UnitOfWork) -> Reply:
        return _shown(*await handlers.release(batch_id, decision.by, given, FundingStore(uow)))

    return await decision.once(handle)


@router.post("/payment-batches/{batch_id}/cancellation", response_model=views.BatchFile)
async def cancel(batch_id: UUID, decision: DecidedByFinance, given: Given) -> Response:
    """Cancel a batch of payments that was not released."""

    async def handle(uow: UnitOfWork) -> Reply:
        return _shown(*await handlers.cancel(batch_id, decision.by, given, FundingStore(uow)))

    return await decision.once(handle)


@router.get("/payment-batches", response_model=ListPage[views.BatchSummary], responses=AS_CSV)
async def batches(query: Annotated[views.BatchQuery, Query()], lister: ListedForCity) -> Response:
    """List the batches of payments, the newest first; `state=PREPARED` gives those that wait for a release."""
    return await lister.answer(views.BATCH_LIST, query, views.listed_batch)


@router.get("/payment-batches/{batch_id}", response_model_exclude_none=True)
async def batch(batch_id: UUID, reading: ReadByCity) -> views.BatchFile:
    """Return a batch with its payments, without accounts."""
    found = await views.batch_file(reading.connection, batch_id)
    reading.show_tag(found.version)
    return found


@router.get("/payment-batches/{batch_id}/file", response_class=Response, responses=_FILES)
async def payment_file(
    batch_id: UUID, reading: ReadByFinance, given: Given, form: views.FileForm = views.FileForm.PAIN001
) -> Response:
    """Return the file of a released batch for the bank; each reading is recorded."""
    made = await views.payment_file(reading.connection, batch_id, form, reading.caller, given.keyring)
    kind, ending = _MEDIA[form]
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{batch_id}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(made, media_type=kind, headers=headers)


@router.post("/payment-results", openapi_extra=_RESULTS)
async def read_back(upload: Annotated[Upload, may_upload(RESULT_KINDS, "finance")], given: Given) -> views.ReadBack:
    """Read a file of the bank (pain.002, camt.053, camt.054 or CSV) and enter which payments were made or refused.

    The body of the request is the file itself. Sending the same file again changes nothing.
    """
    results = read_results(await upload.read(MAX_BYTES, SECONDS))
    async with upload.unit_of_work() as uow:
        return views.ReadBack.of(await handlers.read_back(results, upload.caller.actor, given, FundingStore(uow)))


@router.post("/applications/{application_id}/justification", response_model=views.ApplicationFile)
async def justify(
    application_id: UUID, command: commands.Justify, decision: DecidedByFinance, given: Given
) -> Response:
    """Enter the amount that finance accepts of each invoice; the invoices must be evidence of this application."""
    return await answered(decision, partial(handlers.justify, application_id, command, decision.by), given)


@router.post("/applications/{application_id}/reclamation", response_model=views.ApplicationFile)
async def reclaim(
    application_id: UUID, command: commands.Reclaim, decision: DecidedByFinance, given: Given
) -> Response:
    """Claim a part of the paid amount back, or all of it, with the code of a reason."""
    return await answered(decision, partial(handlers.reclaim, application_id, command, decision.by), given)


def _shown(batch: Batch, payments: Sequence[Payment], status: int = 200) -> Reply:
    return Reply(views.BatchFile.of(batch, payments), batch.version, status)

"""Defines the routes with which a clerk takes one step on many reports: first a preview, then the step itself.

The tag of the preview is the precondition of the step, so that a clerk never changes a report that was not shown.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import asyncpg
from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.languages import ReadBy, Reader
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, require_seen
from buurtsein_reports import handlers, views
from buurtsein_reports.api.callers import CalledByHandlers, DecidedByHandlers, Given, clerk_of, reader_of
from buurtsein_reports.domain.handled import Clerk
from buurtsein_reports.handlers import Dependencies
from buurtsein_reports.store import ReportsStore

router = APIRouter(tags=["reports"])

type Opened = AbstractAsyncContextManager[UnitOfWork]


@router.post("/report-steps/preview", response_model=views.BulkResult)
async def preview_bulk(bulk: views.Bulk, call: CalledByHandlers, given: Given, reader: ReadBy) -> Response:
    """Tell what a step would do with the selected reports, at most 200; nothing is stored.

    Every report goes through the step itself, in a transaction that is rolled back. The response has an `ETag`.
    """
    clerk, outcomes, tag = clerk_of(call.caller), [], ""
    with suppress(_UndoneError):
        async with call.unit_of_work() as uow:
            rows = await _selected(bulk, uow, given, reader_of(call.caller))
            tag = bulk.tag(rows)
            taken = [await _outcome(row, _savepoint(uow), bulk, clerk, given, reader) for row in rows]
            outcomes = [one.in_preview() for one in taken]
            raise _UndoneError
    return Reply(views.BulkResult.of(outcomes, views.SAMPLE), tag).response()


@router.post("/report-steps", response_model=views.BulkResult)
async def bulk_step(bulk: views.Bulk, decision: DecidedByHandlers, given: Given, reader: ReadBy) -> Response:
    """Take a step on the selected reports, one by one; `If-Match` is the `ETag` of the preview.

    A report that refuses the step does not stop the others. The outcome of a report that was forwarded has a token with
    which the other body reads the report and answers; no later response shows it. When a report changed since the
    preview, or the filters now select another report, nothing is done and the response is 412. After an interruption, a
    new preview shows the reports that are left.
    """
    async with decision.unit_of_work() as uow:
        rows = await _selected(bulk, uow, given, reader_of(decision.caller))
    require_seen(decision.by.seen, bulk.tag(rows))
    clerk = clerk_of(decision.caller)
    outcomes = [await _outcome(row, decision.unit_of_work(), bulk, clerk, given, reader) for row in rows]
    return Reply(views.BulkResult.of(outcomes)).response()


class _UndoneError(Exception):
    """Raised at the end of a preview, so that its transaction is rolled back."""


@asynccontextmanager
async def _savepoint(uow: UnitOfWork) -> AsyncIterator[UnitOfWork]:
    async with uow.connection.transaction():
        yield uow


async def _selected(bulk: views.Bulk, uow: UnitOfWork, given: Dependencies, who: views.Reader) -> list[asyncpg.Record]:
    today = brussels_day(given.clock.now())
    return list(await views.selected(uow.connection, bulk.select, today, who))


async def _outcome(
    row: asyncpg.Record, opened: Opened, bulk: views.Bulk, clerk: Clerk, given: Dependencies, reader: Reader
) -> views.BulkOutcome:
    """Take the step on one report in the unit of work `opened`; return the report's new status or the refusal."""
    try:
        async with opened as uow:
            store = ReportsStore(uow, given.municipality.nis)
            seen = str(row["version"])
            report = await handlers.take_step(row["report_id"], bulk.step, clerk, seen, given, store)
    except DomainError as error:
        return _refused(row, error, reader)
    number = report.new_forwarding
    token = given.tracking.forwarding_token(report.report_id, number) if number else None
    return views.BulkOutcome(
        report_id=report.report_id, reference=report.reference, status=report.status, forwarding_token=token
    )


def _refused(row: asyncpg.Record, error: DomainError, reader: Reader) -> views.BulkOutcome:
    return views.BulkOutcome(
        report_id=row["report_id"],
        reference=row["reference"],
        status=row["status"],
        refused=error.code,
        detail=reader.told("problems", error.code, error.detail).sentence,
    )

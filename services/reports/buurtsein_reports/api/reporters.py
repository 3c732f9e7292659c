"""Defines the routes with which reporters see their report's status, answer clerks, and object to its closing."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from buurtsein_chassis.calls import Handle, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.trace import unlinked
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import commands, handlers, views
from buurtsein_reports.api.callers import Given, ReadByAnybody, ReadByReporters, SubmittedByAnybody
from buurtsein_reports.domain.handled import HandledReport
from buurtsein_reports.handlers import Dependencies, Store
from buurtsein_reports.store import ReportsStore

router = APIRouter(tags=["reports"])

type React = Callable[[Dependencies, Store], Awaitable[HandledReport | DomainError]]
"""A function that handles what a reporter does; an error that it returns refuses it, and its count is committed."""

Reference = Annotated[str, Path(max_length=60)]
Token = Annotated[str | None, Header(max_length=100)]


@router.get("/reports/{reference}/status", response_model_exclude_none=True)
async def progress(
    reference: Reference,
    reading: ReadByAnybody,
    given: Given,
    language: Annotated[Language | None, Query(description="Without it, the language of the report.")] = None,
    tracking_token: Token = None,
) -> views.Progress:
    """Return the status of a report, in plain words, to a caller who sends the report's secret tracking token."""
    reading.keep_private()
    return await views.progress(reading.connection, reference, tracking_token, language, given)


@router.get("/my-reports", response_model_exclude_none=True)
async def own_reports(
    reading: ReadByReporters,
    given: Given,
    language: Annotated[Language | None, Query(description="Without it, the language of each report.")] = None,
) -> views.OwnReports:
    """Return the reports that the caller follows from the account, each with its tracking token."""
    reading.keep_private()
    return await views.own_reports(reading.connection, reading.caller.actor, language, given)


@router.post(
    "/reports/{reference}/status/messages",
    status_code=201,
    response_model=views.Reaction,
    dependencies=[Depends(unlinked)],
)
async def write_to_clerks(
    reference: Reference,
    command: commands.Write,
    call: SubmittedByAnybody,
    given: Given,
    tracking_token: Token = None,
) -> Response:
    """Write a message to the clerks who handle the report; a report that waited for an answer is in progress again."""
    return await call.once(_reacting(partial(handlers.write_to_clerks, reference, tracking_token, command), given, 201))


@router.post("/reports/{reference}/status/reopening", response_model=views.Reaction, dependencies=[Depends(unlinked)])
async def object_to(
    reference: Reference,
    command: commands.ObjectTo,
    call: SubmittedByAnybody,
    given: Given,
    tracking_token: Token = None,
) -> Response:
    """Open a closed report again, as its reporter, within the term for objections; a message must say why."""
    return await call.once(_reacting(partial(handlers.object_to, reference, tracking_token, command), given, 200))


def _reacting(react: React, given: Dependencies, status: int) -> Handle:
    """Return a handler that calls `react` and replies with the report's new status."""

    async def handle(uow: UnitOfWork) -> Reply | DomainError:
        report = await react(given, ReportsStore(uow, given.municipality.nis))
        return report if isinstance(report, DomainError) else Reply(views.Reaction.of(report), status=status)

    return handle

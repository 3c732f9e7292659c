"""Defines the routes with which clerks of the police and the city handle a report."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Decision, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_reports import commands, handlers, views
from buurtsein_reports.api.callers import DecidedByHandlers, Given, clerk_of
from buurtsein_reports.domain.handled import Clerk, HandledReport
from buurtsein_reports.handlers import Dependencies, Store
from buurtsein_reports.store import ReportsStore

router = APIRouter(tags=["reports"])

type Decide = Callable[[Clerk, str, Dependencies, Store], Awaitable[HandledReport]]
"""A function that handles one decision for a clerk who has seen a version of the report."""


@router.post("/reports/{report_id}/triage", response_model=views.Handled)
async def triage(report_id: UUID, command: commands.Triage, decision: DecidedByHandlers, given: Given) -> Response:
    """Judge a new report: set its category and severity, and who handles the report from now on."""
    return await _decided(decision, partial(handlers.triage, report_id, command), given)


@router.post("/reports/{report_id}/assignment", response_model=views.Handled)
async def assign(report_id: UUID, command: commands.Assign, decision: DecidedByHandlers, given: Given) -> Response:
    """Give a report to a unit, and to a person who works on it, with a reason."""
    return await _decided(decision, partial(handlers.assign, report_id, command), given)


@router.post("/reports/{report_id}/relocation", response_model=views.Handled)
async def relocate(report_id: UUID, command: commands.Relocate, decision: DecidedByHandlers, given: Given) -> Response:
    """Give a report another place, by point or address, with a reason; the place before stays in the report's file."""
    looked_up = await handlers.look_up(command.place, given)
    return await _decided(decision, partial(handlers.relocate, report_id, command, looked_up), given)


@router.post("/reports/{report_id}/progress", response_model=views.Handled)
async def update(report_id: UUID, command: commands.Update, decision: DecidedByHandlers, given: Given) -> Response:
    """Give a report the next status of its handling, such as a planned day."""
    return await _decided(decision, partial(handlers.update, report_id, command), given)


@router.post("/reports/{report_id}/closure", response_model=views.Handled)
async def close(report_id: UUID, command: commands.Close, decision: DecidedByHandlers, given: Given) -> Response:
    """Close a report as resolved, as rejected, or as a duplicate of another report."""
    return await _decided(decision, partial(handlers.close, report_id, command), given)


@router.post("/reports/{report_id}/reopening", response_model=views.Handled)
async def reopen(report_id: UUID, command: commands.Reopen, decision: DecidedByHandlers, given: Given) -> Response:
    """Open a closed report again, as a clerk of the police or the city."""
    return await _decided(decision, partial(handlers.reopen, report_id, command), given)


@router.post("/reports/{report_id}/messages", status_code=201, response_model=views.Handled)
async def write_to_reporter(
    report_id: UUID, command: commands.Write, decision: DecidedByHandlers, given: Given
) -> Response:
    """Write a message to the reporter, who reads the message together with the status of the report."""
    return await _decided(decision, partial(handlers.write_to_reporter, report_id, command), given, 201)


async def _decided(decision: Decision, decide: Decide, given: Dependencies, status: int = 200) -> Response:
    """Call a handler with a clerk's decision in one transaction, and return the report's new status and actions."""
    clerk = clerk_of(decision.caller)

    async def handle(uow: UnitOfWork) -> Reply:
        report = await decide(clerk, decision.by.seen, given, ReportsStore(uow, given.municipality.nis))
        return Reply(views.Handled.of(report), report.version, status)

    return await decision.once(handle, complete=given.tracking.add_forwarding_token)

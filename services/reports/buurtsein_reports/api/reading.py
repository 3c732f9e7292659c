"""Defines the routes that read: the categories, the progress of a report, and the whole report."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path

from buurtsein_chassis.auth import Caller, anyone
from buurtsein_contracts.events.member import Language
from buurtsein_reports import views
from buurtsein_reports.api.callers import CITY, POLICE, Given, ReadByAnybody, ReadByHandlers

router = APIRouter(tags=["reports"])


@router.get("/categories")
async def categories(
    given: Given, _: Annotated[Caller | None, anyone()], language: Language = Language.NL
) -> views.Categories:
    """Return the categories, with who handles each and advice for the reporter."""
    return views.categories(given, language)


@router.get("/reports/{reference}/status")
async def progress(
    reference: Annotated[str, Path(max_length=60)],
    reading: ReadByAnybody,
    tracking_token: Annotated[str | None, Header(max_length=100)] = None,
) -> views.Progress:
    """Return the status of a report to a caller with its tracking token."""
    reading.keep_private()
    return await views.progress(reading.connection, reference, tracking_token)


@router.get("/reports/{report_id}", response_model_exclude_none=True)
async def report_file(report_id: UUID, reading: ReadByHandlers) -> views.ReportFile:
    """Return a whole report to somebody who handles it; each reading is recorded."""
    reading.keep_private()
    return await views.report_file(reading.connection, report_id, _reader(reading.caller))


def _reader(caller: Caller) -> views.Reader:
    """Return who reads and in which role; a role of the police counts before the role of the city."""
    role = next((role for role in POLICE if role in caller.roles), CITY)
    return views.Reader(actor=caller.actor, role=role, only_city=role == CITY)

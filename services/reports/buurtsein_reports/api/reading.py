"""Defines the routes that show the categories of reports, and one report with all its data."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from buurtsein_chassis.auth import Caller, anyone
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.days import brussels_day
from buurtsein_reports import views
from buurtsein_reports.api.callers import Given, ReadByAnybody, ReadByHandlers, Why, reader_of

router = APIRouter(tags=["reports"])


@router.get("/categories")
async def categories(
    reading: ReadByAnybody,
    given: Given,
    language: Language = Language.NL,
    on: Annotated[date | None, Query(description="The day on which they are in force; without it, today.")] = None,
) -> views.Categories:
    """Return the categories of reports, each with the office that handles it, its questions, and advice."""
    return await views.categories(reading.connection, on or brussels_day(given.clock.now()), language)


@router.get("/neighbourhoods")
async def neighbourhoods(given: Given, _: Annotated[Caller | None, anyone()]) -> views.NeighbourhoodList:
    """Return the neighbourhoods; a reporter who has no point or address for a place names the neighbourhood."""
    return views.NeighbourhoodList(items=given.neighbourhoods.items)


@router.get("/reports/{report_id}", response_model_exclude_none=True)
async def report_file(report_id: UUID, reading: ReadByHandlers, reason: Why = None) -> views.ReportFile:
    """Return a report with all its steps to somebody who handles the report; each reading is recorded, and why."""
    reading.keep_private()
    file = await views.report_file(reading.connection, report_id, reader_of(reading.caller, reason))
    reading.show_tag(file.version)
    return file

"""Defines the routes that show the categories of reports, and one report with all its data."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from buurtsein_chassis.auth import Caller, anyone
from buurtsein_contracts.events.member import Language
from buurtsein_reports import views
from buurtsein_reports.api.callers import Given, ReadByHandlers, reader_of

router = APIRouter(tags=["reports"])


@router.get("/categories")
async def categories(
    given: Given, _: Annotated[Caller | None, anyone()], language: Language = Language.NL
) -> views.Categories:
    """Return the categories of reports, each with the office that handles it and advice for the reporter."""
    return views.categories(given, language)


@router.get("/neighbourhoods")
async def neighbourhoods(given: Given, _: Annotated[Caller | None, anyone()]) -> views.NeighbourhoodList:
    """Return the neighbourhoods by which a reporter can tell a place without a point on the map or an address."""
    return views.NeighbourhoodList(items=given.neighbourhoods.items)


@router.get("/reports/{report_id}", response_model_exclude_none=True)
async def report_file(report_id: UUID, reading: ReadByHandlers) -> views.ReportFile:
    """Return a report with all its steps to somebody who handles the report; each reading is recorded."""
    reading.keep_private()
    file = await views.report_file(reading.connection, report_id, reader_of(reading.caller))
    reading.show_tag(file.version)
    return file

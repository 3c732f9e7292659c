"""Defines the routes that list and count reports, for the police and city officers who handle reports."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.lists import AS_CSV_AND_GEOJSON, ListPage
from buurtsein_kernel.days import brussels_day
from buurtsein_reports import views
from buurtsein_reports.api.callers import Given, ListedForHandlers, ReadByHandlers, reader_of

router = APIRouter(tags=["reports"])


@router.get("/reports", response_model=ListPage[views.ListedReport], responses=AS_CSV_AND_GEOJSON)
async def reports(query: Annotated[views.ReportQuery, Query()], lister: ListedForHandlers, given: Given) -> Response:
    """List reports without texts and reporters; a city officer sees only reports that the city handles."""
    today = brussels_day(given.clock.now())
    show = partial(views.listed_report, today)
    conditions = views.asked_for(query, today, reader_of(lister.caller))
    return await lister.answer(views.listing_of(query), query, show, conditions)


@router.get("/reports/{report_id}/similar", response_model_exclude_none=True)
async def similar_reports(report_id: UUID, reading: ReadByHandlers, given: Given) -> views.SimilarReports:
    """Suggest reports that may be duplicates of a report; the reading of their texts is recorded."""
    reading.keep_private()
    reader = reader_of(reading.caller)
    likeness = views.Likeness(given.likeness_metres, given.likeness_hours)
    return await views.similar_reports(reading.connection, report_id, reader, likeness)


@router.get("/reports/counts")
async def report_counts(lister: ListedForHandlers, given: Given) -> views.ReportCounts:
    """Count the reports with each status, and the open reports whose term for handling is over."""
    today, only_city = brussels_day(given.clock.now()), reader_of(lister.caller).only_city
    return await views.report_counts(lister, today, only_city=only_city)

"""Defines the routes by which police and others read alerts, judgements and the chain of steps."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.lists import AS_CSV, ListPage
from buurtsein_chassis.paging import Limit, Page
from buurtsein_notifier import views
from buurtsein_notifier.api.callers import (
    CONCERNED,
    Given,
    ListedForConcerned,
    ReadByConcerned,
    ReadByOperator,
    ReadByPolice,
    ReadByWriter,
)

router = APIRouter(tags=["notifier"])


@router.get("/alerts", response_model=ListPage[views.ListedAlert], responses=AS_CSV)
async def alerts(query: Annotated[views.AlertQuery, Query()], lister: ListedForConcerned) -> Response:
    """List alerts, newest first, by state, kind, network, period and words of their texts."""
    return await lister.answer(views.ALERT_LIST, query, views.listed_alert, views.alerts_asked(query))


@router.get("/alerts/counts")
async def alert_counts(lister: ListedForConcerned) -> views.AlertCounts:
    """Count the alerts in each state, overdue feedback, and emergency releases that the korpschef must still judge."""
    return await views.alert_counts(lister)


@router.get("/alert-figures", response_model_exclude_none=True)
async def alert_figures(
    query: Annotated[views.FigureQuery, Query()], reading: ReadByConcerned, given: Given
) -> views.AlertFigures:
    """Return figures of a year or month for the yearly evaluation, with the scoreboard of feedback.

    They are of the whole zone, of each network and of each month.
    """
    return await views.alert_figures(reading.connection, query, given.day)


@router.get("/alerts/{alert_id}/reports", response_model_exclude_none=True)
async def alert_reports(
    alert_id: UUID, reading: ReadByPolice, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.ReportOfAlert]:
    """List the reports of an alert, without texts and reporters: category, severity, place, time, and duplicates."""
    return await views.alert_reports(reading.connection, alert_id, limit, cursor)


@router.get("/alerts/{alert_id}", response_model_exclude_none=True)
async def alert_file(alert_id: UUID, reading: ReadByWriter, given: Given) -> views.AlertFile:
    """Return one alert with all data that police need to decide: texts, cost, CAP message, deliveries and steps.

    To decide, send its ETag as `If-Match`. A coordinator reads only alerts that this person wrote.
    Who reads it is noted.
    """
    author = None if reading.caller.roles & set(CONCERNED) else reading.caller.actor
    found = await views.alert_file(reading.connection, alert_id, given, author)
    await views.note_reader(reading.connection, alert_id, reading.caller.actor)
    reading.keep_private()
    reading.show_tag(found.etag)
    return found


@router.get("/alert-steps/check")
async def check_steps(
    reading: ReadByOperator, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> views.CheckedSteps:
    """Check that no step of these alerts was changed, removed or inserted; `next` is the cursor of the next page."""
    return await views.checked_steps(reading.connection, cursor, limit)


@router.get("/reports/{report_id}/judgements", response_model_exclude_none=True)
async def judgements(report_id: UUID, reading: ReadByPolice) -> views.Judgements:
    """Return the decision of each alert rule about a report: whether the report asks for an alert, and why."""
    return await views.judgements(reading.connection, report_id)

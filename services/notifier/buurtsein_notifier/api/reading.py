"""Defines the routes by which police and others read alerts, judgements and the chain of steps."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from buurtsein_chassis.paging import Limit, Page
from buurtsein_notifier import views
from buurtsein_notifier.api.callers import CONCERNED, Given, ReadByConcerned, ReadByOperator, ReadByPolice, ReadByWriter
from buurtsein_notifier.domain.states import AlertState

router = APIRouter(tags=["notifier"])


@router.get("/alerts")
async def alerts(
    reading: ReadByConcerned, state: AlertState | None = None, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.AlertSummary]:
    """List the alerts in a state, or in all states, oldest first."""
    return await views.alerts(reading.connection, state, limit, cursor)


@router.get("/alerts/{alert_id}", response_model_exclude_none=True)
async def alert_file(alert_id: UUID, reading: ReadByWriter, given: Given) -> views.AlertFile:
    """Return one alert with all data that police need to decide: texts, cost, CAP message, deliveries and steps.

    To decide, send its ETag as `If-Match`. A coordinator reads only alerts that this person wrote.
    """
    author = None if reading.caller.roles & set(CONCERNED) else reading.caller.actor
    found = await views.alert_file(reading.connection, alert_id, given, author)
    reading.show_tag(found.etag)
    return found


@router.get("/alert-steps/check")
async def check_steps(
    reading: ReadByOperator, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> views.CheckedSteps:
    """Check that no step of the next alerts was changed, removed or inserted; `next` is the cursor of those after."""
    return await views.checked_steps(reading.connection, cursor, limit)


@router.get("/reports/{report_id}/judgements", response_model_exclude_none=True)
async def judgements(report_id: UUID, reading: ReadByPolice) -> views.Judgements:
    """Return the decision of each alert rule about a report: whether the report asks for an alert, and why."""
    return await views.judgements(reading.connection, report_id)

"""Defines the HTTP routes of the notifier, by which police read alerts and decide on them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Decision, Reply, may_decide
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.paging import Limit, Page
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store import NotifierStore

router = APIRouter(tags=["notifier"])

_POLICE = ("officer", "dispatcher", "mandated-officer")
_HOLDERS = ("korpschef", "operator")

Given = Annotated[Dependencies, provided(Dependencies)]
DecidedByPolice = Annotated[Decision, may_decide(*_POLICE)]
DecidedByHolder = Annotated[Decision, may_decide(*_HOLDERS)]
ReadByPolice = Annotated[Reading[Caller], may_read(*_POLICE)]
ReadByConcerned = Annotated[Reading[Caller], may_read(*_POLICE, "korpschef", "burgemeester")]
ReadByWatchers = Annotated[Reading[Caller], may_read(*_HOLDERS, *_POLICE)]


@router.get("/alerts")
async def alerts(
    reading: ReadByConcerned, state: AlertState | None = None, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.AlertSummary]:
    """List the alerts in a state, or in all states, oldest first."""
    return await views.alerts(reading.connection, state, limit, cursor)


@router.get("/alerts/{alert_id}", response_model_exclude_none=True)
async def alert_file(alert_id: UUID, reading: ReadByConcerned, given: Given) -> views.AlertFile:
    """Return one alert with all data that police need to decide: texts, cost, CAP message and deliveries.

    To decide, send its ETag as `If-Match`.
    """
    found = await views.alert_file(reading.connection, alert_id, given)
    reading.show_tag(found.etag)
    return found


@router.get("/reports/{report_id}/judgements", response_model_exclude_none=True)
async def judgements(report_id: UUID, reading: ReadByPolice) -> views.Judgements:
    """Return the decision of each alert rule about a report: whether the report asks for an alert, and why."""
    return await views.judgements(reading.connection, report_id)


@router.post("/alerts/{alert_id}/release", response_model=views.AlertFile)
async def release(alert_id: UUID, decision: DecidedByPolice, given: Given) -> Response:
    """Release an alert in the version that the officer has read."""
    return await _decided(decision, partial(handlers.release, alert_id, decision.by), given)


@router.post("/alerts/{alert_id}/refusal", response_model=views.AlertFile)
async def refuse(alert_id: UUID, command: commands.Refuse, decision: DecidedByPolice, given: Given) -> Response:
    """Refuse to send a proposed alert."""
    return await _decided(decision, partial(handlers.refuse, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/cancellation", response_model=views.AlertFile)
async def cancel(alert_id: UUID, command: commands.Cancel, decision: DecidedByPolice, given: Given) -> Response:
    """Cancel a released alert.

    When it was not sent yet it is never sent; else those who got it get a cancelling message.
    """
    return await _decided(decision, partial(handlers.cancel, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/delivery", response_model=views.AlertFile)
async def settle(alert_id: UUID, command: commands.Settle, decision: DecidedByPolice, given: Given) -> Response:
    """Report whether an alert's message arrived, when BE-Alert's answer to the delivery was lost."""
    return await _decided(decision, partial(handlers.settle, alert_id, command, decision.by), given)


type Handler = Callable[[Dependencies, NotifierStore], Awaitable[Alert]]
"""A function that handles one request with the dependencies and the store; its other arguments are given already."""


async def _decided(decision: Decision, handle: Handler, given: Dependencies) -> Response:
    """Call a handler in one transaction and return the alert as response, with its ETag."""

    async def done(uow: UnitOfWork) -> Reply:
        shown = await views.file_of(await handle(given, NotifierStore(uow)), uow.connection, given)
        return Reply(shown, shown.etag)

    return await decision.once(done)


@router.get("/kill-switch", response_model_exclude_none=True)
async def kill_switch(reading: ReadByWatchers) -> views.KillSwitch:
    """Return whether the kill-switch stops all deliveries, and who used the kill-switch last.

    To use it, send its ETag as `If-Match`.
    """
    shown, version = await views.kill_switch(reading.connection)
    reading.show_tag(version)
    return shown


@router.post("/kill-switch", response_model=views.KillSwitch)
async def switch(command: commands.Switch, decision: DecidedByHolder, given: Given) -> Response:
    """Stop all deliveries by the kill-switch, or start them again."""

    async def done(uow: UnitOfWork) -> Reply:
        used = await handlers.switch(command, decision.by, given, NotifierStore(uow))
        return Reply(views.switch_of(used), used.version)

    return await decision.once(done)

"""The notifier over HTTP: police see what is proposed, decide, and find out what became of it."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from buurtsein_chassis.auth import Caller, allow
from buurtsein_chassis.calls import Answer, Call, Command, Page, Reading, SeenTag, check_tag, etag
from buurtsein_chassis.database import UnitOfWork
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import Showing

router = APIRouter(tags=["notifier"])

Officer = Annotated[Caller, allow("officer")]
Concerned = Annotated[Caller, allow("officer", "dispatcher", "korpschef", "burgemeester")]
Judging = Annotated[Caller, allow("officer", "dispatcher")]
Holder = Annotated[Caller, allow("korpschef", "operator")]
Watcher = Annotated[Caller, allow("korpschef", "operator", "officer", "dispatcher")]
Limit = Annotated[int, Query(ge=1, le=200)]


class Desk:
    """What a route works with: how messages are signed and shown, and under which adapter they are queued."""

    def __init__(self, request: Request) -> None:
        """What `app.py` put on the app's state."""
        self.showing: Showing = request.app.state.showing
        self._adapter: str = request.app.state.adapter

    def store(self, uow: UnitOfWork) -> NotifierStore:
        """The tables, in one unit of work."""
        return NotifierStore(uow, self._adapter)


async def _desk(request: Request) -> Desk:
    return Desk(request)


AtDesk = Annotated[Desk, Depends(_desk)]


async def _alert(call: Call, caller: Caller, desk: Desk, work: Callable[[NotifierStore], Awaitable[Alert]]) -> Response:
    async def answered(uow: UnitOfWork) -> Answer:
        shown = await views.file_of(await work(desk.store(uow)), uow.connection, desk.showing)
        return Answer(shown, shown.etag)

    return await call.once(caller, answered)


@router.get("/alerts")
async def alerts(
    _: Concerned, connection: Reading, state: AlertState | None = None, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.AlertSummary]:
    """Alerts, oldest first: the work list of who decides."""
    return await views.alerts(connection, state, limit, cursor)


@router.get("/alerts/{alert_id}", response_model_exclude_none=True)
async def alert_file(
    alert_id: UUID, _: Concerned, connection: Reading, desk: AtDesk, response: Response
) -> views.AlertFile:
    """One alert: texts, cost, CAP message and deliveries, with the ETag for its release."""
    found = await views.alert_file(connection, alert_id, desk.showing)
    response.headers["ETag"] = etag(found.etag)
    return found


@router.get("/reports/{report_id}/judgements", response_model_exclude_none=True)
async def judgements(report_id: UUID, _: Judging, connection: Reading) -> views.Judgements:
    """Why a report is, or is not, worth an alert."""
    return await views.judgements(connection, report_id)


@router.post("/alerts/{alert_id}/release", response_model=views.AlertFile)
async def release(alert_id: UUID, call: Command, caller: Officer, seen: SeenTag, desk: AtDesk) -> Response:
    """Release an alert exactly as it was seen."""

    async def work(store: NotifierStore) -> Alert:
        alert = await store.alert(alert_id)
        check_tag(seen, alert.tag(await store.networks(alert.network_ids)))
        return await handlers.release(alert, caller.actor, desk.showing.outgoing, store)

    return await _alert(call, caller, desk, work)


@router.post("/alerts/{alert_id}/refusal", response_model=views.AlertFile)
async def refuse(alert_id: UUID, command: commands.Refuse, call: Command, caller: Officer, desk: AtDesk) -> Response:
    """Decide not to send an alert."""
    return await _alert(call, caller, desk, lambda store: handlers.refuse(alert_id, command, caller.actor, store))


@router.post("/alerts/{alert_id}/delivery", response_model=views.AlertFile)
async def settle(alert_id: UUID, command: commands.Settle, call: Command, caller: Officer, desk: AtDesk) -> Response:
    """Say what became of a delivery whose outcome is unknown."""
    return await _alert(call, caller, desk, lambda store: handlers.settle(alert_id, command, caller.actor, store))


@router.get("/kill-switch", response_model_exclude_none=True)
async def kill_switch(_: Watcher, connection: Reading) -> views.KillSwitch:
    """Whether deliveries are held, and who used the switch last."""
    return await views.kill_switch(connection)


@router.post("/kill-switch", response_model=views.KillSwitch)
async def switch(command: commands.Switch, call: Command, caller: Holder, desk: AtDesk) -> Response:
    """Hold all deliveries, or let them go again."""

    async def work(uow: UnitOfWork) -> Answer:
        await handlers.switch(command, caller.actor, desk.store(uow))
        return Answer(await views.kill_switch(uow.connection))

    return await call.once(caller, work)

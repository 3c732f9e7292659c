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

Decider = Annotated[Caller, allow("officer", "dispatcher", "mandated-officer")]
Concerned = Annotated[Caller, allow("officer", "dispatcher", "mandated-officer", "korpschef", "burgemeester")]
Judging = Annotated[Caller, allow("officer", "dispatcher", "mandated-officer")]
Holder = Annotated[Caller, allow("korpschef", "operator")]
Watcher = Annotated[Caller, allow("korpschef", "operator", "officer", "dispatcher", "mandated-officer")]
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


type Work = Callable[[Alert, str, NotifierStore], Awaitable[Alert]]
"""A handler with what it needs besides: the alert, who decides, and the store."""


class Decision:
    """A person's decision about an alert as that person saw it; the alert says which roles may decide."""

    def __init__(self, caller: Caller, seen: str, call: Call, desk: Desk) -> None:
        """`seen` is the tag in If-Match."""
        self._caller, self._seen, self._call, self._desk = caller, seen, call, desk
        self.outgoing = desk.showing.outgoing

    async def made(self, alert_id: UUID, work: Work) -> Response:
        """Do the work on the alert, under lock; Problem 412 when it is no longer as it was seen."""

        async def answered(uow: UnitOfWork) -> Answer:
            store = self._desk.store(uow)
            alert = await store.alert(alert_id)
            alert.require_role(self._caller.roles)
            check_tag(self._seen, alert.tag(await store.networks(alert.network_ids)))
            decided = await work(alert, self._caller.actor, store)
            shown = await views.file_of(decided, uow.connection, self._desk.showing)
            return Answer(shown, shown.etag)

        return await self._call.once(self._caller, answered)


async def _decision(caller: Decider, seen: SeenTag, call: Command, desk: AtDesk) -> Decision:
    return Decision(caller, seen, call, desk)


Deciding = Annotated[Decision, Depends(_decision)]


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
async def release(alert_id: UUID, decision: Deciding) -> Response:
    """Release an alert exactly as it was seen."""
    outgoing = decision.outgoing
    return await decision.made(alert_id, lambda alert, by, store: handlers.release(alert, by, outgoing, store))


@router.post("/alerts/{alert_id}/refusal", response_model=views.AlertFile)
async def refuse(alert_id: UUID, command: commands.Refuse, decision: Deciding) -> Response:
    """Decide not to send an alert."""
    return await decision.made(alert_id, lambda alert, by, store: handlers.refuse(alert, command, by, store))


@router.post("/alerts/{alert_id}/cancellation", response_model=views.AlertFile)
async def cancel(alert_id: UUID, command: commands.Cancel, decision: Deciding) -> Response:
    """Call off an alert that was released: it is not sent, or a message tells those who got it."""
    outgoing = decision.outgoing
    return await decision.made(alert_id, lambda alert, by, store: handlers.cancel(alert, command, by, outgoing, store))


@router.post("/alerts/{alert_id}/delivery", response_model=views.AlertFile)
async def settle(alert_id: UUID, command: commands.Settle, decision: Deciding) -> Response:
    """Say what became of a delivery whose outcome is unknown."""
    return await decision.made(alert_id, lambda alert, by, store: handlers.settle(alert, command, by, store))


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

"""The notifier over HTTP: police see what is proposed, decide, and find out what became of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from buurtsein_chassis.auth import Caller, allow
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.earlier_calls import Answer, Call, Command, Reading, SeenTag, SeenVersion
from buurtsein_chassis.entity_tags import etag
from buurtsein_chassis.paging import Limit, Page
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.handlers import By, Dependencies
from buurtsein_notifier.store import NotifierStore

router = APIRouter(tags=["notifier"])

Decider = Annotated[Caller, allow("officer", "dispatcher", "mandated-officer")]
Concerned = Annotated[Caller, allow("officer", "dispatcher", "mandated-officer", "korpschef", "burgemeester")]
Judging = Annotated[Caller, allow("officer", "dispatcher", "mandated-officer")]
Holder = Annotated[Caller, allow("korpschef", "operator")]
Watcher = Annotated[Caller, allow("korpschef", "operator", "officer", "dispatcher", "mandated-officer")]


async def _dependencies(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.deps
    return deps


Given = Annotated[Dependencies, Depends(_dependencies)]

type Work = Callable[[By, NotifierStore, Dependencies], Awaitable[Alert]]
"""A handler that is to be called with who decides, the store and the dependencies."""


class Decision:
    """A person's decision about an alert as that person saw it."""

    def __init__(self, caller: Caller, seen: str, call: Call, deps: Dependencies) -> None:
        """`seen` is the tag in If-Match."""
        self._caller, self._call, self._deps = caller, call, deps
        self._by = By(caller.actor, caller.roles, seen.strip('"'))

    async def answered(self, work: Work) -> Response:
        """Call the handler in one transaction; answer the alert's file, with its new ETag."""

        async def done(uow: UnitOfWork) -> Answer:
            alert = await work(self._by, NotifierStore(uow), self._deps)
            shown = await views.file_of(alert, uow.connection, self._deps)
            return Answer(shown, shown.etag)

        return await self._call.once(self._caller, done)


async def _decision(caller: Decider, seen: SeenTag, call: Command, deps: Given) -> Decision:
    return Decision(caller, seen, call, deps)


Deciding = Annotated[Decision, Depends(_decision)]


@router.get("/alerts")
async def alerts(
    _: Concerned, connection: Reading, state: AlertState | None = None, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.AlertSummary]:
    """Alerts, oldest first: the work list of who decides."""
    return await views.alerts(connection, state, limit, cursor)


@router.get("/alerts/{alert_id}", response_model_exclude_none=True)
async def alert_file(
    alert_id: UUID, _: Concerned, connection: Reading, deps: Given, response: Response
) -> views.AlertFile:
    """One alert: texts, cost, CAP message and deliveries, with the ETag for its release."""
    found = await views.alert_file(connection, alert_id, deps)
    response.headers["ETag"] = etag(found.etag)
    return found


@router.get("/reports/{report_id}/judgements", response_model_exclude_none=True)
async def judgements(report_id: UUID, _: Judging, connection: Reading) -> views.Judgements:
    """Why a report is, or is not, worth an alert."""
    return await views.judgements(connection, report_id)


@router.post("/alerts/{alert_id}/release", response_model=views.AlertFile)
async def release(alert_id: UUID, decision: Deciding) -> Response:
    """Release an alert exactly as it was seen."""
    return await decision.answered(partial(handlers.release, alert_id))


@router.post("/alerts/{alert_id}/refusal", response_model=views.AlertFile)
async def refuse(alert_id: UUID, command: commands.Refuse, decision: Deciding) -> Response:
    """Decide not to send an alert."""
    return await decision.answered(partial(handlers.refuse, alert_id, command))


@router.post("/alerts/{alert_id}/cancellation", response_model=views.AlertFile)
async def cancel(alert_id: UUID, command: commands.Cancel, decision: Deciding) -> Response:
    """Call off an alert that was released: it is not sent, or a message tells those who got it."""
    return await decision.answered(partial(handlers.cancel, alert_id, command))


@router.post("/alerts/{alert_id}/delivery", response_model=views.AlertFile)
async def settle(alert_id: UUID, command: commands.Settle, decision: Deciding) -> Response:
    """Say what became of a delivery whose outcome is unknown."""
    return await decision.answered(partial(handlers.settle, alert_id, command))


@router.get("/kill-switch", response_model_exclude_none=True)
async def kill_switch(_: Watcher, connection: Reading, response: Response) -> views.KillSwitch:
    """Whether deliveries are held, and who used the switch last; with the ETag for using it."""
    shown, version = await views.kill_switch(connection)
    response.headers["ETag"] = etag(version)
    return shown


@router.post("/kill-switch", response_model=views.KillSwitch)
async def switch(command: commands.Switch, call: Command, caller: Holder, seen: SeenVersion, deps: Given) -> Response:
    """Hold all deliveries, or let them go again."""

    async def done(uow: UnitOfWork) -> Answer:
        used = await handlers.switch(command, caller.actor, str(seen), NotifierStore(uow), deps)
        return Answer(views.switch_of(used), used.version)

    return await call.once(caller, done)

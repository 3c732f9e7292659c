"""Defines the routes of the kill-switch."""

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.api.callers import DecidedByHolder, Given, ReadByWatchers
from buurtsein_notifier.store import NotifierStore

router = APIRouter(tags=["notifier"])


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
        return Reply(await views.switch_of(used, uow.connection), used.version)

    return await decision.once(done)

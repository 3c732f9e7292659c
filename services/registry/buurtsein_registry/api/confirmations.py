"""Defines routes for outside Kafka consumers, which confirm that they have deleted their data about erased persons."""

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import ByConfirming, Given, ReadByConfirming
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.get("/erasures")
async def open_erasures(reading: ReadByConfirming, given: Given) -> views.OpenErasures:
    """List the erasures that an outside consumer has not confirmed, the earliest first."""
    return await views.open_erasures(reading.connection, given.rules)


@router.post("/erasures/confirmations", response_model=views.OpenErasures)
async def confirm_erasures(command: commands.ConfirmErasures, call: ByConfirming, given: Given) -> Response:
    """Record that a consumer has deleted all that it stored about the persons in these PersonErased events."""

    async def done(uow: UnitOfWork) -> Reply:
        await handlers.confirm_erasures(command, call.caller.actor, given, RegistryStore(uow, given.keyring))
        return Reply(await views.open_erasures(uow.connection, given.rules))

    return await call.once(done)

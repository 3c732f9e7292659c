"""Defines the routes that delete a person's data."""

from fastapi import APIRouter, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.model import Pseudonym
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import ByCityOfficer, ByResident, Given
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.post("/persons/me/erasure", response_model=views.Erasure)
async def erase_me(call: ByResident, given: Given) -> Response:
    """Delete the caller's personal data, after the last membership has ended; this cannot be undone."""
    return await _erased(call, call.caller.actor, ErasureReason.REQUESTED, given)


@router.post("/persons/me/erasure/withdrawal", response_model=views.Withdrawn)
async def withdraw_erasure(call: ByResident, given: Given) -> Response:
    """Withdraw the planned erasure of the caller's personal data, as long as nothing was deleted."""

    async def done(uow: UnitOfWork) -> Reply:
        await handlers.withdraw_erasure(call.caller.actor, given, RegistryStore(uow, given.keyring))
        return Reply(views.Withdrawn())

    return await call.once(done)


@router.post("/persons/{person}/erasure", response_model=views.Erasure)
async def erase_person(person: Pseudonym, command: commands.ErasePerson, call: ByCityOfficer, given: Given) -> Response:
    """Delete a person's data, because the person asked the city for it or died; this cannot be undone."""
    return await _erased(call, person, command.reason, given, official=call.caller.actor)


async def _erased(
    call: Call[Caller], person: str, reason: ErasureReason, given: Dependencies, *, official: str | None = None
) -> Response:
    async def done(uow: UnitOfWork) -> Reply:
        erasure = await handlers.erase(person, reason, given, RegistryStore(uow, given.keyring), official=official)
        return Reply(views.erasure_of(erasure), status=202 if erasure.planned_on else 200)

    return await call.once(done)

"""Defines the routes of silences, in which some alerts are not proposed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, Reply, may_call, may_decide
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.lists import AS_CSV, ListPage
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.api.callers import Given, ListedForConcerned
from buurtsein_notifier.store.silences import SilenceTable

router = APIRouter(tags=["rules"])

SILENCERS = ("officer", "dispatcher", "korpschef")


@router.get("/silences", response_model=ListPage[views.SilenceShown], responses=AS_CSV)
async def silences(query: Annotated[views.SilenceQuery, Query()], lister: ListedForConcerned, given: Given) -> Response:
    """List silences, newest first, also those that are over, or only those in force."""
    now = given.clock.now()
    return await lister.answer(views.SILENCE_LIST, query, views.listed_silence(now), views.silences_asked(query, now))


@router.post("/silences", status_code=201, response_model=views.SilenceShown)
async def begin_silence(
    command: commands.BeginSilence, call: Annotated[Call[Caller], may_call(*SILENCERS)], given: Given
) -> Response:
    """Begin a silence: for some hours, alerts of a rule or category, or to a network, are not proposed.

    The more of these it names, the longer it may last. Alerts of severity Extreme are proposed all the same.
    """

    async def done(uow: UnitOfWork) -> Reply:
        begun = await handlers.begin_silence(command, call.caller.actor, given, SilenceTable(uow))
        return Reply(views.SilenceShown.of(begun, given.clock.now()), begun.version, 201)

    return await call.once(done)


@router.post("/silences/{silence_id}/end", response_model=views.SilenceShown)
async def end_silence(
    silence_id: UUID, decision: Annotated[Decision, may_decide(*SILENCERS)], given: Given
) -> Response:
    """End a silence before its time."""

    async def done(uow: UnitOfWork) -> Reply:
        ended = await handlers.end_silence(silence_id, decision.by, given, SilenceTable(uow))
        return Reply(views.SilenceShown.of(ended, given.clock.now()), ended.version)

    return await decision.once(done)

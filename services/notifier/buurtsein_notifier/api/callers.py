"""Defines who may call the routes of the notifier, by role, and answers a decision with the alert."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, Reply, may_call, may_decide
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.lists import Lister, may_list
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_notifier import views
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store import NotifierStore

POLICE = ("officer", "dispatcher", "mandated-officer")
HOLDERS = ("korpschef", "operator")
CONCERNED = (*POLICE, "korpschef", "burgemeester")

Given = Annotated[Dependencies, provided(Dependencies)]
ByWriter = Annotated[Call[Caller], may_call(*POLICE, "coordinator")]
DecidedByWriter = Annotated[Decision, may_decide(*POLICE, "coordinator")]
DecidedByPolice = Annotated[Decision, may_decide(*POLICE)]
DecidedByDuty = Annotated[Decision, may_decide("officer", "dispatcher")]
DecidedByKorpschef = Annotated[Decision, may_decide("korpschef")]
DecidedByHolder = Annotated[Decision, may_decide(*HOLDERS)]
ReadByPolice = Annotated[Reading[Caller], may_read(*POLICE)]
ReadByConcerned = Annotated[Reading[Caller], may_read(*CONCERNED)]
ListedForConcerned = Annotated[Lister[Caller], may_list(*CONCERNED)]
ReadByWriter = Annotated[Reading[Caller], may_read(*CONCERNED, "coordinator")]
ReadByWatchers = Annotated[Reading[Caller], may_read(*HOLDERS, *POLICE)]
ReadByOperator = Annotated[Reading[Caller], may_read("operator")]

type Handler = Callable[[Dependencies, NotifierStore], Awaitable[Alert]]
"""A function that handles one request with the dependencies and the store; its other arguments are given already."""


async def answered(call: Call[Caller], handle: Handler, given: Dependencies, status: int = 200) -> Response:
    """Call a handler in one transaction and return the alert as response, with its ETag."""

    async def done(uow: UnitOfWork) -> Reply:
        shown = await views.file_of(await handle(given, NotifierStore(uow)), uow.connection, given)
        return Reply(shown, shown.etag, status)

    return await call.once(done)

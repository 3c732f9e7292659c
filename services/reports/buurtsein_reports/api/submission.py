"""Defines the routes with which people submit reports."""

from fastapi import APIRouter, Depends, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.trace import unlinked
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers, views
from buurtsein_reports.api.callers import CITY, Given, ReadByCity, SubmittedByAnybody
from buurtsein_reports.commands import AskSources, SubmitReport
from buurtsein_reports.handlers import Dependencies, LookedUp, Sender
from buurtsein_reports.store import ReportsStore
from buurtsein_reports.store.editions import categories_on

router = APIRouter(tags=["reports"])


@router.post(
    "/reports",
    status_code=201,
    response_model=views.Receipt,
    dependencies=[Depends(unlinked)],
    responses={200: {"model": views.Receipt, "description": "This was reported before; the receipt of that report."}},
)
async def submit_report(command: SubmitReport, call: SubmittedByAnybody, given: Given) -> Response:
    """Submit a report of an incident.

    A report that seems to be an emergency is refused with `emergency` (call 101 or 112), or with `emergency_question`:
    send the same report again with the answer in `happening_now`. The member `report` of the error is the report that
    was sent.

    A record of another system (`source`) becomes a report only once, whoever sends it. When the same caller sends the
    same report again within some days, the response is the receipt of the first report (200).
    """
    return await received(command, call, given)


async def received(
    command: SubmitReport, call: Call[Caller | None], given: Dependencies, *, only_offered: bool = False
) -> Response:
    """Submit a report in one transaction, and return its receipt with the tracking token.

    With `only_offered`, only kinds of reports that Open311 offers are accepted.
    """
    sender = _sender(call.caller, only_offered=only_offered)
    looked_up = await _looked_up(command, sender, call, given)

    async def handle(uow: UnitOfWork) -> Reply | DomainError:
        store = ReportsStore(uow, given.municipality.nis)
        submitted = await handlers.submit_report(command, sender, given, store, looked_up)
        if isinstance(submitted, DomainError):
            return submitted
        receipt = views.Receipt.of(submitted.report, submitted.category, command.language, given)
        return Reply(receipt, status=200 if submitted.again else 201, headers=views.receipt_headers(receipt))

    return await call.once(handle, complete=given.tracking.add_token)


async def _looked_up(command: SubmitReport, sender: Sender, call: Call[Caller | None], given: Dependencies) -> LookedUp:
    """Look up the address of a report; not of an emergency, whose reporter must be told to call without a delay."""
    if not handlers.needs_lookup(command.location):
        return None
    now = given.clock.now()
    async with call.reading() as connection:
        table = await categories_on(connection, brussels_day(now))
    urgent = handlers.urgency(command, table.find(command.category), given, now)
    is_emergency = urgent and not handlers.was_answered(command, sender)
    return None if is_emergency else await handlers.look_up(command.location, given)


@router.post("/known-sources")
async def known_sources(asked: AskSources, reading: ReadByCity) -> views.KnownSources:
    """Return which records of another system have already become a report, so that an import can skip them."""
    return await views.known_sources(reading.connection, asked)


def _sender(caller: Caller | None, *, only_offered: bool) -> Sender:
    if caller is None:
        return Sender(only_offered=only_offered)
    return Sender(caller.actor, CITY in caller.roles, only_offered)

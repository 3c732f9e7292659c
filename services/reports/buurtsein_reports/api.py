"""Reports over HTTP: each route makes one command of the request and hands it to one handler."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Header, Path, Request, Response

from buurtsein_chassis.auth import Caller, allow, anyone
from buurtsein_chassis.calls import REPLAYED, Answer, Call, Command, Decide, Reading, Recorded
from buurtsein_chassis.trace import unlinked
from buurtsein_contracts.events.member import Language
from buurtsein_reports import handlers, views
from buurtsein_reports.commands import AskSources, SubmitReport
from buurtsein_reports.domain.emergency import Strength
from buurtsein_reports.domain.report import AlreadyReported
from buurtsein_reports.domain.tracking import Tracking
from buurtsein_reports.handlers import Desk
from buurtsein_reports.store import ReportsStore, is_worth_another_try, rows_of

router = APIRouter(tags=["reports"])

_POLICE = ("officer", "dispatcher", "korpschef")
_CITY = "city-officer"

Anybody = Annotated[Caller | None, anyone()]
Handling = Annotated[Caller, allow(*_POLICE, _CITY)]
OfCity = Annotated[Caller, allow(_CITY)]


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


OnDesk = Annotated[Desk, Depends(_desk)]


@router.get("/categories")
async def categories(_: Anybody, desk: OnDesk, language: Language = Language.NL) -> views.Categories:
    """The categories, who handles each, and what to do meanwhile."""
    return views.categories(desk, language)


@router.post(
    "/reports",
    status_code=201,
    response_model=views.Receipt,
    dependencies=[Depends(unlinked)],
    responses={200: {"model": views.Receipt, "description": "Reported before: the receipt of the first time."}},
)
async def submit_report(command: SubmitReport, call: Command, caller: Anybody, desk: OnDesk) -> Response:
    """Report what happened.

    What sounds like an emergency is refused with `emergency` (call 101 or 112), or with `emergency_question`: send the
    same report again with the answer in `happening_now`. The problem's member `report` is what was sent.

    A record of another system (`source`) becomes one report, for ever and whoever sends it. The same report sent again
    by the same caller within some days is answered with the first one's receipt (200).
    """
    reporter = handlers.Caller(caller.actor, _CITY in caller.roles) if caller else handlers.Caller()
    heard = handlers.urgency(command, desk)
    if heard and not handlers.was_answered(command, reporter):
        await _count_emergency(command, heard, call, desk)
        raise handlers.diverted(command, heard, desk)

    async def accept() -> Recorded:
        async with call.database.connection() as connection:
            store = ReportsStore(connection)
            report = await handlers.accept_report(command, desk, store, reporter, heard)
        rows = rows_of(report, desk.tracking.digest(report.report_id), command.contact, command.language)
        return Recorded(Answer(views.Receipt.of(report, command.language, desk)), report.reported(), rows)

    try:
        response = await _kept(call, caller, accept)
    except AlreadyReported as known:
        response = Response(views.Receipt.of(known.report, command.language, desk).model_dump_json())
    return _with_token(response, desk.tracking)


@router.post("/known-sources")
async def known_sources(asked: AskSources, _: OfCity, connection: Reading) -> views.KnownSources:
    """Which records of another system became a report, so that an import need not send them again."""
    return await views.known_sources(connection, asked)


@router.get("/reports/{reference}/status")
async def progress(
    reference: Annotated[str, Path(max_length=60)],
    _: Anybody,
    connection: Reading,
    response: Response,
    tracking_token: Annotated[str | None, Header(max_length=100)] = None,
) -> views.Progress:
    """How a report stands, for who has its tracking token."""
    response.headers["Cache-Control"] = "no-store"
    return await views.progress(connection, reference, tracking_token)


@router.get("/reports/{report_id}", response_model_exclude_none=True)
async def report_file(report_id: UUID, caller: Handling, connection: Reading, response: Response) -> views.ReportFile:
    """The whole report, for those who handle it; each reading is noted."""
    response.headers["Cache-Control"] = "no-store"
    return await views.report_file(connection, report_id, _reader(caller))


async def _kept(call: Call, caller: Caller | None, accept: Decide) -> Response:
    """Once more when another report got in the way: a second time it does not, or the first check sees it."""
    try:
        return await call.once_recorded(caller, accept, 201)
    except asyncpg.UniqueViolationError as error:
        if not is_worth_another_try(error):
            raise
        return await call.once_recorded(caller, accept, 201)


async def _count_emergency(command: SubmitReport, heard: Strength, call: Call, desk: Desk) -> None:
    """In a transaction of its own, which stays although the request is refused."""
    async with call.database.unit_of_work() as uow:
        await handlers.count_emergency(command, heard, desk, ReportsStore(uow.connection))


def _with_token(response: Response, tracking: Tracking) -> Response:
    """The stored answer has no token in it; a repeated request gets the same token as the first."""
    receipt = views.Receipt.model_validate_json(bytes(response.body))
    complete = receipt.model_copy(update={"tracking_token": tracking.token(receipt.report_id)})
    headers = {"Cache-Control": "no-store", "Location": f"/v1/reports/{receipt.reference}/status"}
    if REPLAYED in response.headers:
        headers[REPLAYED] = response.headers[REPLAYED]
    body = complete.model_dump_json(exclude_none=True)
    return Response(body, response.status_code, headers, media_type="application/json")


def _reader(caller: Caller) -> views.Reader:
    """Police rights go before the city's when somebody has both."""
    role = next((role for role in _POLICE if role in caller.roles), _CITY)
    return views.Reader(actor=caller.actor, role=role, only_city=role == _CITY)

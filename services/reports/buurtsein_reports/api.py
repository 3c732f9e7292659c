"""Reports over HTTP: each route makes one command of the request and hands it to one handler."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Response

from buurtsein_chassis.auth import Caller, anyone
from buurtsein_chassis.calls import Call, Reply, anyone_may_call
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, anyone_may_read, may_read
from buurtsein_chassis.trace import unlinked
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers, views
from buurtsein_reports.commands import AskSources, SubmitReport
from buurtsein_reports.handlers import Dependencies, Sender
from buurtsein_reports.store import ReportsStore

router = APIRouter(tags=["reports"])

_POLICE = ("officer", "dispatcher", "korpschef")
_CITY = "city-officer"

Given = Annotated[Dependencies, provided(Dependencies)]
SubmittedByAnybody = Annotated[Call[Caller | None], anyone_may_call()]
ReadByAnybody = Annotated[Reading[Caller | None], anyone_may_read()]
ReadByHandlers = Annotated[Reading[Caller], may_read(*_POLICE, _CITY)]
ReadByCity = Annotated[Reading[Caller], may_read(_CITY)]


@router.get("/categories")
async def categories(
    given: Given, _: Annotated[Caller | None, anyone()], language: Language = Language.NL
) -> views.Categories:
    """The categories, who handles each, and what to do meanwhile."""
    return views.categories(given, language)


@router.post(
    "/reports",
    status_code=201,
    response_model=views.Receipt,
    dependencies=[Depends(unlinked)],
    responses={200: {"model": views.Receipt, "description": "Reported before: the receipt of the first time."}},
)
async def submit_report(command: SubmitReport, call: SubmittedByAnybody, given: Given) -> Response:
    """Report what happened.

    What sounds like an emergency is refused with `emergency` (call 101 or 112), or with `emergency_question`: send the
    same report again with the answer in `happening_now`. The problem's member `report` is what was sent.

    A record of another system (`source`) becomes one report, for ever and whoever sends it. The same report sent again
    by the same caller within some days is answered with the first one's receipt (200).
    """
    sender = _sender(call.caller)

    async def handle(uow: UnitOfWork) -> Reply | DomainError:
        submitted = await handlers.submit_report(command, sender, given, ReportsStore(uow))
        if isinstance(submitted, DomainError):
            return submitted
        receipt = views.Receipt.of(submitted.report, command.language, given)
        return Reply(receipt, status=200 if submitted.again else 201, headers=views.receipt_headers(receipt))

    return await call.once(handle, complete=given.tracking.add_token)


@router.post("/known-sources")
async def known_sources(asked: AskSources, reading: ReadByCity) -> views.KnownSources:
    """Which records of another system became a report, so that an import need not send them again."""
    return await views.known_sources(reading.connection, asked)


@router.get("/reports/{reference}/status")
async def progress(
    reference: Annotated[str, Path(max_length=60)],
    reading: ReadByAnybody,
    tracking_token: Annotated[str | None, Header(max_length=100)] = None,
) -> views.Progress:
    """How a report stands, for who has its tracking token."""
    reading.keep_private()
    return await views.progress(reading.connection, reference, tracking_token)


@router.get("/reports/{report_id}", response_model_exclude_none=True)
async def report_file(report_id: UUID, reading: ReadByHandlers) -> views.ReportFile:
    """The whole report, for those who handle it; each reading is noted."""
    reading.keep_private()
    return await views.report_file(reading.connection, report_id, _reader(reading.caller))


def _sender(caller: Caller | None) -> Sender:
    return Sender(caller.actor, _CITY in caller.roles) if caller else Sender()


def _reader(caller: Caller) -> views.Reader:
    """Police rights go before the city's when somebody has both."""
    role = next((role for role in _POLICE if role in caller.roles), _CITY)
    return views.Reader(actor=caller.actor, role=role, only_city=role == _CITY)

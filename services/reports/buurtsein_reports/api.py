"""Defines the HTTP routes of reports: each makes a command of the request and calls one handler."""

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
    """Return the categories, with who handles each and advice for the reporter."""
    return views.categories(given, language)


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
    """Return which records of another system became a report, so that an import can skip them."""
    return await views.known_sources(reading.connection, asked)


@router.get("/reports/{reference}/status")
async def progress(
    reference: Annotated[str, Path(max_length=60)],
    reading: ReadByAnybody,
    tracking_token: Annotated[str | None, Header(max_length=100)] = None,
) -> views.Progress:
    """Return the status of a report to a caller with its tracking token."""
    reading.keep_private()
    return await views.progress(reading.connection, reference, tracking_token)


@router.get("/reports/{report_id}", response_model_exclude_none=True)
async def report_file(report_id: UUID, reading: ReadByHandlers) -> views.ReportFile:
    """Return a whole report to somebody who handles it; each reading is recorded."""
    reading.keep_private()
    return await views.report_file(reading.connection, report_id, _reader(reading.caller))


def _sender(caller: Caller | None) -> Sender:
    return Sender(caller.actor, _CITY in caller.roles) if caller else Sender()


def _reader(caller: Caller) -> views.Reader:
    """Return who reads and in which role; a role of the police counts before the role of the city."""
    role = next((role for role in _POLICE if role in caller.roles), _CITY)
    return views.Reader(actor=caller.actor, role=role, only_city=role == _CITY)

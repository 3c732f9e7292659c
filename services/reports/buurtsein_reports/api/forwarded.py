"""Defines the routes of a body to which a report was forwarded: it reads the report, and answers once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.trace import unlinked
from buurtsein_reports import commands, handlers, views
from buurtsein_reports.api.callers import Given, ReadByAnybody, SubmittedByAnybody
from buurtsein_reports.api.reporters import Reference
from buurtsein_reports.store import ReportsStore

router = APIRouter(tags=["reports"])

Token = Annotated[str | None, Header(max_length=100)]


@router.get("/forwarded/{reference}", response_model_exclude_none=True)
async def forwarded_report(
    reference: Reference, reading: ReadByAnybody, given: Given, forwarding_token: Token = None
) -> views.ForwardedReport:
    """Return a forwarded report, without its reporter, to the body that sends its token; the reading is recorded.

    After the answer, or after a clerk took the report back, the response is 404.
    """
    reading.keep_private()
    return await views.forwarded_report(reading.connection, reference, forwarding_token, given)


@router.post("/forwarded/{reference}/answer", response_model=views.Reaction, dependencies=[Depends(unlinked)])
async def answer(
    reference: Reference,
    command: commands.Answer,
    call: SubmittedByAnybody,
    given: Given,
    forwarding_token: Token = None,
) -> Response:
    """Store the only answer of the other body, which the reporter can read; the report is then in progress again."""

    async def handle(uow: UnitOfWork) -> Reply:
        store = ReportsStore(uow, given.municipality.nis)
        report = await handlers.answer(reference, forwarding_token, command, given, store)
        return Reply(views.Reaction.of(report))

    return await call.once(handle)

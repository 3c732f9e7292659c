"""Defines the HTTP routes of the standard Open311 GeoReport v2."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from buurtsein_chassis.forms import FORM, read_form
from buurtsein_chassis.trace import unlinked
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import missing
from buurtsein_reports.api.callers import Given, ReadByAnybody, SubmittedByAnybody
from buurtsein_reports.api.open311.documents import Form, document, documented
from buurtsein_reports.api.open311.forms import RequestForm
from buurtsein_reports.api.submission import received
from buurtsein_reports.handlers import Dependencies
from buurtsein_reports.store.editions import categories_on
from buurtsein_reports.views import open311 as views
from buurtsein_reports.views.open311_query import RequestQuery

router = APIRouter(tags=["open311"])

_FORM_BODY = {"requestBody": {"required": True, "content": {FORM: {"schema": RequestForm.model_json_schema()}}}}


async def _language(
    given: Given,
    jurisdiction_id: Annotated[str | None, Query(max_length=100)] = None,
    locale: Annotated[Language, Query(description="The language of the texts.")] = Language.NL,
) -> Language:
    """Return the request's language; raise DomainError `jurisdiction_unknown` for another municipality."""
    _require_ours(jurisdiction_id, given)
    return locale


def _require_ours(jurisdiction_id: str | None, given: Dependencies) -> None:
    if jurisdiction_id and jurisdiction_id != given.jurisdiction_id:
        raise missing("jurisdiction_unknown", "Deze jurisdiction_id is hier niet bekend.")


Locale = Annotated[Language, Depends(_language)]


def _answers(description: str, model: type[Any]) -> dict[int | str, dict[str, Any]]:
    return {200: documented(description) | {"model": model}}


@router.get("/services.{form}", responses=_answers("What can be reported.", list[views.Service]))
async def open311_services(form: Form, reading: ReadByAnybody, given: Given, locale: Locale) -> Response:
    """List the kinds of reports (Open311 services) that the city handles, alone or with the police."""
    table = await categories_on(reading.connection, brussels_day(given.clock.now()))
    found = views.services(table, given.texts.in_language(locale), locale)
    return _public(document(form, "services", [one.model_dump() for one in found]))


@router.get("/services/{service_code}.{form}", responses=_answers("The questions.", views.ServiceDefinition))
async def open311_definition(
    service_code: str, form: Form, reading: ReadByAnybody, given: Given, locale: Locale
) -> Response:
    """Return the questions that the form for one kind of report (Open311 service) asks."""
    table = await categories_on(reading.connection, brussels_day(given.clock.now()))
    found = views.definition(service_code, table, given.texts.in_language(locale), locale)
    return _public(document(form, "service_definition", found.model_dump()))


@router.post(
    "/requests.{form}",
    status_code=201,
    dependencies=[Depends(unlinked)],
    openapi_extra=_FORM_BODY,
    responses={
        200: documented("This was reported before.") | {"model": list[views.Accepted]},
        201: documented("The report was accepted.") | {"model": list[views.Accepted]},
    },
)
async def open311_submit(
    form: Form, request: Request, call: SubmittedByAnybody, given: Given, locale: Language = Language.NL
) -> Response:
    """Submit a report. An emergency is refused, and nothing of it is stored: call 101 or 112."""
    sent = RequestForm.read(read_form(await request.body()))
    _require_ours(sent.jurisdiction_id, given)
    command = sent.command(locale, given.clock.now())
    receipt = await received(command, call, given, only_offered=True)
    notice = given.texts.in_language(locale).open311.photo if sent.media_url else None
    accepted = views.Accepted.of(json.loads(bytes(receipt.body)), notice)
    answer = document(form, "service_requests", [accepted.model_dump()], receipt.status_code)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/requests.{form}", responses=_answers("Reports, newest first.", list[views.ServiceRequest]))
async def open311_requests(
    form: Form, query: Annotated[RequestQuery, Query()], reading: ReadByAnybody, given: Given, locale: Locale
) -> Response:
    """List at most 1,000 reports of the last 90 days, or of another 90 days that the client chooses."""
    found = await views.requests(reading.connection, query, given, locale)
    return _public(document(form, "service_requests", [one.model_dump(mode="json") for one in found]))


@router.get("/requests/{service_request_id}.{form}", responses=_answers("One report.", list[views.ServiceRequest]))
async def open311_request(
    service_request_id: str, form: Form, reading: ReadByAnybody, given: Given, locale: Locale
) -> Response:
    """Return one report as an Open311 service request, without its text and its reporter."""
    found = await views.one_request(reading.connection, service_request_id, given, locale)
    return _public(document(form, "service_requests", [found.model_dump(mode="json")]))


@router.get("/tokens/{token_id}.{form}", responses=_answers("The report.", list[views.Token]))
async def open311_token(token_id: str, form: Form, reading: ReadByAnybody, given: Given, locale: Locale) -> Response:
    """Return the report number for an Open311 token; here, the token of a report is always its number."""
    found = await views.one_request(reading.connection, token_id, given, locale)
    token = views.Token(service_request_id=found.service_request_id, token=found.service_request_id)
    return _public(document(form, "service_requests", [token.model_dump()]))


def _public(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"public, max-age={views.PUBLIC_SECONDS}"
    return answer

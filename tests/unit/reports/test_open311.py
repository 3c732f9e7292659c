"""Open311 documents have the fields of the standard, and show only the public data of a report.

The fields and their order are those of https://wiki.open311.org/GeoReport_v2; the values are our own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from lxml import etree
from unit.reports.reports_memory import CLOCK, GIVEN, NOW

from buurtsein_contracts.events.member import Language
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import api
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.views import open311 as views
from buurtsein_reports.views.open311_query import HOUR, RequestQuery
from harness.in_process import app_of, client_of

OPEN311 = "http://test/open311/v2"
TOLD = GIVEN.texts.in_language(Language.NL)
ROW: dict[str, Any] = {
    "reference": "ABCD-EFGH",
    "status": "RECEIVED",
    "category": "sluikstort",
    "route_to": ["city"],
    "planned_on": None,
    "closing_reason": None,
    "due_on": NOW.date(),
    "reported_at": NOW + timedelta(minutes=47),
    "updated_at": None,
    "postcode": "9300",
    "latitude": 50.93812,
    "longitude": 4.03957,
    "within_metres": None,
}
FIELDS = {
    "service": "service_code service_name description metadata type keywords group",
    "attribute": "variable code datatype required datatype_description order description values",
    "request": "service_request_id status status_notes service_name service_code description agency_responsible"
    " service_notice requested_datetime updated_datetime expected_datetime address address_id zipcode lat long"
    " media_url",
}


class Rows:
    """A fake database that returns these rows for each query about reports; it keeps the last query's arguments."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = rows
        self.asked: tuple[Any, ...] = ()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Rows"]:
        yield self

    async def fetchrow(self, *_asked: object) -> None:
        """Return no edition of the categories, so that the package's shipped categories are in force."""

    async def fetch(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        if "from report" not in sql:
            return []
        self.asked = arguments
        return list(self.rows)


@pytest.fixture
def rows() -> Rows:
    return Rows(ROW)


@pytest.fixture
def client(rows: Rows) -> httpx.AsyncClient:
    app = app_of(api.router, GIVEN, facades=[api.FACADE])
    return client_of(app, rows)


async def test_services_in_xml_have_the_fields_of_the_standard(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{OPEN311}/services.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    root = etree.fromstring(answer.content)
    assert (root.tag, {one.tag for one in root}) == ("services", {"service"})
    assert [field.tag for field in root[0]] == FIELDS["service"].split()
    assert (root[0].findtext("service_code"), root[0].findtext("metadata")) == ("sluikstort", "true")


async def test_only_what_the_city_handles_is_offered(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"{OPEN311}/services.json")).json()
    assert {"sluikstort", "graffiti", "lawaaihinder"} <= {one["service_code"] for one in found}
    assert not {"inbraak", "verdacht gedrag", "andere"} & {one["service_code"] for one in found}


async def test_a_definition_asks_when_and_whether_it_happens_now(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"{OPEN311}/services/beschadiging voertuig.json")).json()
    assert found["service_code"] == "beschadiging voertuig"
    assert [list(one) for one in found["attributes"]] == 2 * [FIELDS["attribute"].split()]
    root = etree.fromstring((await client.get(f"{OPEN311}/services/sluikstort.xml")).content)
    own = ["zak", "kofferbak", "meer"]
    assert [one.text for one in root.findall("attributes/attribute/values/value/key")] == ["yes", "no", *own]


@pytest.mark.parametrize("locale", list(Language))
async def test_texts_are_in_the_language_that_is_asked_for(client: httpx.AsyncClient, locale: Language) -> None:
    found = (await client.get(f"{OPEN311}/services.json", params={"locale": locale})).json()
    assert found[0]["service_name"] == GIVEN.texts.in_language(locale).categories["sluikstort"].name  # type: ignore[index]


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_a_request_has_the_fields_of_the_standard(client: httpx.AsyncClient, form: str) -> None:
    answer = await client.get(f"{OPEN311}/requests/abcd-efgh.{form}")
    if form == "json":
        [found] = answer.json()
    else:
        [one] = etree.fromstring(answer.content).findall("request")
        found = {field.tag: field.text for field in one}
    assert list(found) == FIELDS["request"].split()
    assert (found["service_request_id"], found["status"]) == ("ABCD-EFGH", "open")
    assert found["status_notes"] == "We hebben uw melding ontvangen. Ze wordt bekeken door de stad."


@pytest.mark.parametrize("status", list(ReportStatus))
def test_resolved_rejected_and_duplicate_are_closed_and_all_else_is_open(status: ReportStatus) -> None:
    found = views.shown(ROW | {"status": status}, "sluikstort", TOLD)
    assert found.status == ("closed" if status in {"RESOLVED", "REJECTED", "DUPLICATE"} else "open")
    assert (found.expected_datetime is None) == (found.status == "closed")


def test_the_place_is_rounded_and_the_moment_is_a_whole_hour() -> None:
    found = views.shown(ROW | {"updated_at": NOW + timedelta(hours=3, minutes=1)}, "sluikstort", TOLD)
    assert (found.lat, found.long) == (50.938, 4.04)
    assert found.requested_datetime.isoformat() == "2026-11-24T15:00:00+01:00"
    assert found.updated_datetime.isoformat() == "2026-11-24T18:00:00+01:00"


def test_a_report_that_the_police_handle_too_has_no_place() -> None:
    found = views.shown(ROW | {"route_to": ["city", "police"]}, "sluikstort", TOLD)
    assert (found.lat, found.long, found.zipcode) == (None, None, "9300")


def test_the_name_of_another_body_is_not_shown() -> None:
    found = views.shown(ROW | {"status": "FORWARDED"}, "sluikstort", TOLD)
    assert "een andere dienst" in found.status_notes


def test_a_period_cannot_tell_the_minute_of_a_report() -> None:
    reported = datetime(2026, 11, 24, 14, 47, tzinfo=UTC)
    for minute in range(60):
        start = datetime(2026, 11, 24, 14, minute, tzinfo=UTC)
        first, _ = RequestQuery(start_date=start).period(NOW)
        _, after = RequestQuery(end_date=start).period(NOW)
        assert (first <= reported) == (minute == 0)
        assert reported < after


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, 90),
        ({"start_date": "2026-01-01T00:00:00Z"}, 90),
        ({"end_date": "2026-01-01T00:00:00Z"}, 90),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-01-11T00:00:00Z"}, 10),
    ],
)
def test_a_list_covers_at_most_90_days(asked: dict[str, str], days: int) -> None:
    first, after = RequestQuery.model_validate(asked).period(NOW)
    assert (after - first - HOUR).days == days


def test_a_longer_period_is_refused() -> None:
    asked = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}
    with pytest.raises(DomainError, match="period_too_long"):
        RequestQuery.model_validate(asked).period(NOW)


async def test_a_list_asks_for_codes_and_statuses_of_ours(client: httpx.AsyncClient, rows: Rows) -> None:
    asked = {"service_code": "sluikstort,inbraak,x", "status": "closed", "start_date": "", "api_key": "secret"}
    answer = await client.get(f"{OPEN311}/requests.json", params=asked)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=60")
    codes, references, statuses, start, *_ = rows.asked
    assert (codes, references, set(statuses)) == (["sluikstort"], None, {"RESOLVED", "REJECTED", "DUPLICATE"})
    assert CLOCK.now() - start <= timedelta(days=90)


async def test_numbers_count_alone_and_a_token_is_a_number(client: httpx.AsyncClient, rows: Rows) -> None:
    await client.get(f"{OPEN311}/requests.json", params={"service_request_id": "abcd efgh,ijkl-mnop", "status": "open"})
    assert rows.asked[1:3] == (["ABCD-EFGH", "IJKL-MNOP"], None)
    token = await client.get(f"{OPEN311}/tokens/abcd-efgh.json")
    assert token.json() == [{"service_request_id": "ABCD-EFGH", "token": "ABCD-EFGH"}]


@pytest.mark.parametrize(
    ("address", "status", "problem"),
    [
        ("services.xml?jurisdiction_id=elders.be", 404, "jurisdiction_unknown"),
        ("services/inbraak.xml", 404, "service_unknown"),
        ("requests.xml?status=half", 400, "invalid_request"),
        ("requests.xml?start_date=gisteren", 400, "invalid_request"),
        ("requests.xml?start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z", 400, "period_too_long"),
        ("services.pdf", 400, "invalid_request"),
        ("nothing.xml", 404, "not_found"),
    ],
)
async def test_an_error_is_the_document_of_the_standard(
    client: httpx.AsyncClient, address: str, status: int, problem: str
) -> None:
    answer = await client.get(f"{OPEN311}/{address}")
    [error] = etree.fromstring(answer.content).findall("error")
    assert [field.tag for field in error] == ["code", "description", "problem"]
    assert (answer.status_code, error.findtext("code"), error.findtext("problem")) == (status, str(status), problem)


async def test_an_unknown_request_is_not_found_in_json(client: httpx.AsyncClient, rows: Rows) -> None:
    rows.rows = ()
    answer = await client.get(f"{OPEN311}/requests/XXXX-XXXX.json")
    assert (answer.status_code, answer.json()[0]["problem"]) == (404, "report_unknown")


async def test_our_own_jurisdiction_is_accepted(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{OPEN311}/services.json?jurisdiction_id=41002")).status_code == 200


async def test_a_body_that_is_no_form_is_refused(client: httpx.AsyncClient) -> None:
    for kind, body in (("application/json", b"{}"), ("multipart/form-data", b"x")):
        answer = await client.post(f"{OPEN311}/requests.json", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()[0]["problem"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"a=1&a=2", b"a=%ff", b"&".join(b"f%d=1" % n for n in range(101))])
async def test_a_form_that_is_not_clear_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post(f"{OPEN311}/requests.json", content=body, headers=headers)
    assert (answer.status_code, answer.json()[0]["problem"]) == (400, "invalid_form")


async def test_a_form_is_accepted_on_no_other_route(client: httpx.AsyncClient) -> None:
    answer = await client.post("/reports", data={"category": "sluikstort"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_text_with_angle_brackets_is_still_xml(client: httpx.AsyncClient, rows: Rows) -> None:
    rows.rows = (ROW | {"reference": "<&>"},)
    answer = await client.get(f"{OPEN311}/requests.xml")
    assert etree.fromstring(answer.content).findtext("request/service_request_id") == "<&>"


def test_a_place_that_was_only_described_shows_no_point() -> None:
    request = views.shown(ROW | {"within_metres": 1900}, "sluikstort", TOLD)
    assert (request.lat, request.long, request.zipcode) == (None, None, "9300")

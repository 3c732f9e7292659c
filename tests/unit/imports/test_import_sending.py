"""Each row of an export is sent once, within the rate limit; a refused row is shown with column and reason."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from unit.imports.exports import rows_of

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.imports import Reports, Service, sending, service
from buurtsein_operate.imports.sending import Outcome, send_all
from buurtsein_operate.sheets import Row

MOMENT = "2026-11-17T15:42:00+01:00"
LOOKUP = "/v1/known-sources"


class Desk:
    """A fake reports service that accepts one report for each record number of an export."""

    def __init__(self) -> None:
        self.reports: dict[str, dict[str, Any]] = {}
        self.posts = self.at_work = self.most = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await asyncio.sleep(0)
        self.at_work -= 1
        body = json.loads(request.content)
        return self.known(body) if request.url.path == LOOKUP else self.answer(body)

    def known(self, body: dict[str, Any]) -> httpx.Response:
        numbers = [number for number in body["numbers"] if number in self.reports]
        items = [{"number": n, "happened_from": self.reports[n].get("happened_from", MOMENT)} for n in numbers]
        return httpx.Response(200, json={"items": items})

    def answer(self, body: dict[str, Any]) -> httpx.Response:
        self.posts += 1
        if body.get("category") == "PARANORMAAL":
            return problem(422, "category_unknown", detail="Kies een soort melding uit de lijst.")
        first = self.reports.setdefault(body["source"]["number"], body)
        if first is body:
            return httpx.Response(201, json={})
        if first.get("happened_from") != body.get("happened_from"):
            return problem(409, "source_number_taken")
        return httpx.Response(200, json={})


def problem(status: int, code: str, **members: Any) -> httpx.Response:
    return httpx.Response(status, json={"code": code, **members})


def only_reports(answers: Callable[[httpx.Request], httpx.Response]) -> Callable[[httpx.Request], httpx.Response]:
    """Return a fake reports service without earlier reports, which answers new reports with this function."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": []}) if request.url.path == LOOKUP else answers(request)

    return answer


async def outcomes(rows: list[Row], answers: Any) -> list[Outcome]:
    transport = httpx.MockTransport(answers)
    async with httpx.AsyncClient(transport=transport, base_url="http://reports") as client:
        return [outcome async for outcome in send_all(rows, Reports(Service(client)))]


async def sent(rows: list[Row], answers: Any) -> list[str]:
    return [outcome.result for outcome in await outcomes(rows, answers)]


async def test_the_second_row_with_a_number_is_a_duplicate_and_outcomes_are_in_file_order() -> None:
    desk = Desk()
    numbers = [str(n % 20) for n in range(60)]
    assert await sent(rows_of(*numbers), desk) == ["accepted"] * 20 + ["duplicate"] * 40
    assert 1 < desk.most <= sending.AT_ONCE


async def test_rows_that_were_imported_before_are_found_with_one_request_for_many_rows() -> None:
    desk, rows = Desk(), rows_of(*map(str, range(500)), happened_from=MOMENT)
    assert set(await sent(rows, desk)) == {"accepted"}
    desk.posts = 0
    assert set(await sent(rows, desk)) == {"duplicate"}
    assert desk.posts == 0


async def test_a_number_that_is_used_again_in_a_new_year_is_refused_with_its_column() -> None:
    desk = Desk()
    await sent(rows_of("M-1", happened_from=MOMENT), desk)
    [again] = await outcomes(rows_of("M-1", happened_from="2025-11-17T15:42:00+01:00"), desk)
    assert (again.result, again.remarks[0].column) == ("refused:source_number_taken", "nummer")


async def test_rows_are_not_read_before_they_can_be_sent() -> None:
    taken = 0

    def endless() -> Iterator[Row]:
        nonlocal taken
        for taken in range(10**6):
            yield Row(taken, str(taken), [], {"text": "x"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(Desk()), base_url="http://reports") as client:
        stream = send_all(endless(), Reports(Service(client)))
        first = [outcome.result async for outcome in _some(stream, 5)]
        await stream.aclose()
    assert first == ["accepted"] * 5
    assert taken < 2 * sending.WINDOW


async def _some(stream: Any, number: int) -> Any:
    for _ in range(number):
        yield await anext(stream)


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "next", lambda _: 0)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace clock and sleep by fakes (each sleep moves the clock); return the list of slept seconds."""
    slept: list[float] = []
    really = asyncio.sleep

    async def sleep(seconds: float) -> None:
        if seconds:
            slept.append(seconds)
        await really(0)

    monkeypatch.setattr(time, "monotonic", lambda: sum(slept))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


async def test_rows_wait_when_the_service_asks_for_it(waits: list[float]) -> None:
    left = 100.0

    @only_reports
    def limited(_: httpx.Request) -> httpx.Response:
        nonlocal left
        left -= 1
        if left < sum(waits) * -10:
            left += 1
            return httpx.Response(429, json={"code": "too_many_requests"}, headers={"Retry-After": "3"})
        return httpx.Response(201, json={})

    assert await sent(rows_of(*map(str, range(1500))), limited) == ["accepted"] * 1500
    assert set(waits) == {3.0}


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("a date", 400, 540),
        ("99999999999999999999", 3600, 3600),
        ("soon", 1, 1),
        ("-5", 1, 1),
        ("", 1, 1),
    ],
)
async def test_retry_after_may_be_seconds_or_a_date(waits: list[float], header: str, least: float, most: float) -> None:
    if header == "a date":
        header = format_datetime(datetime.now(UTC) + timedelta(minutes=9), usegmt=True)
    answers = iter([httpx.Response(429, headers={"Retry-After": header}), httpx.Response(201, json={})])
    assert await sent(rows_of("1"), only_reports(lambda _: next(answers))) == ["accepted"]
    assert least <= waits[0] <= most


@pytest.mark.usefixtures("_no_waiting")
async def test_a_temporary_failure_is_retried_with_the_same_key() -> None:
    answers, keys = iter([503, None, 201]), set()

    @only_reports
    def busy(request: httpx.Request) -> httpx.Response:
        keys.add(request.headers["Idempotency-Key"])
        status = next(answers)
        if status is None:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(status, json={})

    assert await sent(rows_of("1"), busy) == ["accepted"]
    assert len(keys) == 1


@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize(("answer", "result"), [(503, "failed:503"), (None, "failed:ConnectError")])
async def test_a_failure_that_stays_fails_the_row_after_a_few_attempts(answer: int | None, result: str) -> None:
    asked = []

    @only_reports
    def down(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if answer is None:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(answer)

    assert await sent(rows_of("1"), down) == [result]
    assert len(asked) == service.ATTEMPTS


@pytest.mark.usefixtures("_no_waiting")
async def test_an_import_stops_when_the_service_no_longer_answers() -> None:
    with pytest.raises(CommandError, match="antwoordt niet meer"):
        await sent(rows_of(*map(str, range(1000))), lambda _: httpx.Response(502))


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_an_import_without_the_right_role_stops(status: int) -> None:
    with pytest.raises(CommandError, match=str(status)):
        await sent(rows_of("1", "2"), lambda _: problem(status, "x"))


async def test_another_service_at_the_address_stops_the_import() -> None:
    with pytest.raises(CommandError, match="400"):
        await sent(rows_of("1"), only_reports(lambda _: httpx.Response(400, text="<html>")))


async def test_an_optional_value_that_the_service_refuses_is_left_out() -> None:
    bodies: list[dict[str, Any]] = []

    @only_reports
    def strict(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        if "street" not in bodies[-1]["location"]:
            return httpx.Response(201, json={})
        error = {"field": "location.street", "code": "string_too_long", "message": "te lang"}
        return problem(422, "invalid_request", errors=[error])

    rows = rows_of("1", location={"street": "x" * 200, "postcode": "9300"})
    [outcome] = await outcomes(rows, strict)
    assert (outcome.result, [remark.column for remark in outcome.remarks]) == ("accepted", ["straat"])
    assert "postcode" in bodies[-1]["location"]


async def test_a_refused_required_value_names_the_column() -> None:
    error = {"field": "text", "code": "string_too_long", "message": "te lang"}
    [outcome] = await outcomes(rows_of("1"), only_reports(lambda _: problem(422, "invalid_request", errors=[error])))
    assert (outcome.result, outcome.remarks[0].column) == ("refused:invalid_request", "omschrijving")


@pytest.mark.parametrize(
    ("code", "values", "column"),
    [
        ("category_unknown", {}, "categorie"),
        ("outside_area", {}, "lat"),
        ("address_unknown", {"straat": "Dorp"}, "straat"),
        ("neighbourhood_unknown", {}, "deelgemeente"),
        ("time_missing", {"datum": "17/11/2026", "uur": ""}, "uur"),
        ("time_missing", {"datum": "", "uur": ""}, "datum"),
        ("location_missing", {"lat": "50,9", "lon": ""}, "lon"),
        ("national_number", {"omschrijving": "zag hem", "straat": "85.07.30-033.28"}, "straat"),
    ],
)
async def test_every_refusal_names_its_column(code: str, values: dict[str, str], column: str) -> None:
    row = Row(2, "1", [], {"text": "x"}, values=values)
    [outcome] = await outcomes([row], only_reports(lambda _: problem(422, code, detail="Omdat.")))
    assert (outcome.result, outcome.remarks[0].column) == (f"refused:{code}", column)
    assert outcome.remarks[0].text == "Omdat."

"""Over HTTP on PostgreSQL, police and city find the reports that they may see, with filters that use an index."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from unit.reports.reports_memory import CITY, CLOCK, GIVEN, NOW, command

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import condition, page_rows, statements
from buurtsein_chassis.lists.cursors import Place
from buurtsein_chassis.lists.pages import answered
from buurtsein_chassis.primary import connect
from buurtsein_reports import api, handlers, views
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.store import ReportsStore
from buurtsein_reports.views.figures import SELECT as FIGURES
from buurtsein_reports.views.open311_statements import statement_of
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.many_reports import ASKED_BY, OPEN311_ASKED, SIMILAR_ASKED, TODAY, fill, open311_asked, reader
from harness.plans import MOST_COUNTED, MOST_READ, check, explained, rows_read
from harness.problems import refused
from harness.stores import PostgresStore

A_NETWORK = "c4ca4238-a0b9-2382-0dcc-509a6f75849b"
OPEN = "status not in ('RESOLVED', 'REJECTED', 'DUPLICATE')"
DUMPED = {"category": "sluikstort", "text": "Een zetel."}
HERE: dict[str, Any] = {"latitude": 50.5, "longitude": 4.5, "postcode": "9300"}


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[PostgresStore[ReportsStore]]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        yield PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))


@pytest.fixture
async def client(stored: PostgresStore[ReportsStore]) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(api.router, stored.database, GIVEN) as client:
        yield client


async def report(stored: PostgresStore[ReportsStore], **changes: Any) -> str:
    """Store a report and return its reference."""
    async with stored.unit_of_work() as store:
        submitted = await handlers.submit_report(command(**changes), CITY, GIVEN, store)
        assert isinstance(submitted, handlers.Submitted)
        return submitted.report.reference


async def references(client: httpx.AsyncClient, role: str = "officer", **parameters: Any) -> list[str]:
    answer = await client.get("/reports", params=parameters, headers=caller("p" + "7" * 32, role))
    assert answer.status_code == 200, answer.text
    return [item["reference"] for item in answer.json()["items"]]


async def test_the_police_find_every_report_and_the_city_those_that_it_handles(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    burglary, dumped = await report(stored), await report(stored, **DUMPED)
    assert await references(client) == [burglary, dumped]
    assert await references(client, "city-officer") == [dumped]
    counts = await client.get("/reports/counts", headers=caller("p" + "7" * 32, "city-officer"))
    assert counts.json()["statuses"]["RECEIVED"] == {"number": 1, "exact": True}


async def test_neither_text_nor_reporter_is_in_the_list(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    await report(stored, contact={"name": "Jan Peeters", "email": "jan@voorbeeld.be"})
    for form in ("json", "csv", "geojson"):
        answer = await client.get("/reports", params={"format": form}, headers=caller("p" + "7" * 32, "korpschef"))
        assert answer.status_code == 200
        assert not {"Jan", "voorbeeld", "achterdeur"} & set(answer.text.replace("@", " ").split())


@pytest.mark.parametrize(
    "filters",
    [
        {"category": "sluikstort"},
        {"route": "city"},
        {"near": "4.5,50.5", "metres": 200},
        {"area": "4.49,50.49,4.51,50.505"},
        {"assignee": "nobody"},
        {"since": "2026-11-24", "category": ["sluikstort", "zwerfvuil"]},
        {"severity": "Minor", "status": "RECEIVED"},
        {"postcode": "9300"},
    ],
    ids=str,
)
async def test_a_filter_leaves_the_reports_that_match(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient, filters: dict[str, Any]
) -> None:
    dumped = await report(stored, **DUMPED, location=HERE)
    other = await report(stored, location=HERE | {"latitude": 50.51, "postcode": "9320"})
    await stored.database.pool.execute("update report set assignee = 'p' where reference = $1", other)
    assert await references(client, **filters) == [dumped]


async def test_a_report_is_found_by_the_beginning_of_its_reference(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    dumped = await report(stored, **DUMPED)
    await report(stored)
    for typed in (dumped, dumped[:3].lower(), dumped.replace("-", " ")[:7]):
        assert await references(client, reference=typed) == [dumped]


async def test_reports_over_their_term_are_found_first_and_closed_ones_never(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    burglary, dumped, litter = (
        await report(stored),
        await report(stored, **DUMPED),
        await report(stored, category="zwerfvuil", text="Blikjes."),
    )
    await stored.database.pool.execute("update report set status = 'RESOLVED' where reference = $1", litter)
    assert await references(client, order="due") == [dumped, burglary]
    assert await references(client, overdue=True) == []
    monkeypatch.setattr(CLOCK, "now", lambda: NOW + timedelta(days=10))
    assert await references(client, overdue=True) == [dumped]


async def test_reports_about_which_another_body_should_have_answered_are_listed_and_counted(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    late, due, closed = [await report(stored, **DUMPED | {"text": text}) for text in ("Laat.", "Vandaag.", "Klaar.")]
    for reference, status, day in ((late, "FORWARDED", 23), (due, "FORWARDED", 24), (closed, "RESOLVED", 23)):
        query = "update report set status = $2, answer_by = $3 where reference = $1"
        await stored.database.pool.execute(query, reference, status, date(2026, 11, day))
    assert await references(client, answer_overdue=True) == [late]
    counts = await client.get("/reports/counts", headers=caller("p" + "7" * 32, "officer"))
    assert counts.json()["answer_overdue"] == {"number": 1, "exact": True}


async def test_a_spreadsheet_gets_dutch_headings_and_a_map_gets_points(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    dumped = await report(stored, **DUMPED)
    as_csv = await client.get("/reports", params={"format": "csv"}, headers=caller("p" + "7" * 32, "officer"))
    [row] = csv.DictReader(io.StringIO(as_csv.text.removeprefix("\ufeff")), delimiter=";")
    assert (row["kenmerk"], row["te_laat"], row["lengtegraad"]) == (dumped, "nee", "4,5")
    chosen = {"format": "csv", "columns": ["status", "kenmerk"]}
    few = await client.get("/reports", params=chosen, headers=caller("p" + "7" * 32, "officer"))
    assert few.text.removeprefix("\ufeff").splitlines() == ["status;kenmerk", f"RECEIVED;{dumped}"]
    wrong = await client.get("/reports", params={"columns": "tekst"}, headers=caller("p" + "7" * 32, "officer"))
    refused(wrong, 422, "invalid_request")
    as_map = await client.get("/reports", params={"format": "geojson"}, headers=caller("p" + "7" * 32, "officer"))
    [feature] = as_map.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [4.5, 50.5]}


async def test_a_report_without_a_place_is_still_in_the_list(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    dumped = await report(stored, **DUMPED)
    await stored.database.pool.execute("update report set latitude = null, longitude = null")
    assert await references(client) == [dumped]
    as_map = await client.get("/reports", params={"format": "geojson"}, headers=caller("p" + "7" * 32, "officer"))
    assert as_map.json()["features"][0]["geometry"] is None


async def test_a_described_place_is_marked_and_its_words_are_only_on_the_reports_own_page(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    words = {"description": "Achter de kerk.", "neighbourhood": "Hofstade"}
    await report(stored, **DUMPED, location=words)
    who = caller("p" + "7" * 32, "city-officer")
    [item] = (await client.get("/reports", headers=who)).json()["items"]
    assert (item["within_metres"], item["flags"]) == (1900, ["place_described"])
    assert "kerk" not in str(item)
    own = (await client.get(f"/reports/{item['report_id']}", headers=who)).json()
    assert (own["place_description"], own["neighbourhood"], own["latitude"]) == ("Achter de kerk.", "Hofstade", 50.6)
    neighbourhoods = (await client.get("/neighbourhoods")).json()["items"]
    assert [one["name"] for one in neighbourhoods] == ["Hofstade"]


async def test_reports_that_may_be_the_same_are_suggested_nearest_first_and_the_reading_is_noted(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    def at(metres: float) -> dict[str, Any]:
        return HERE | {"latitude": 50.5 + metres / 111_195}

    first = await report(stored, **DUMPED, location=HERE)
    far, near = [await report(stored, **DUMPED | {"text": f"Op {m} m."}, location=at(m)) for m in (120, 30)]
    await report(stored, **DUMPED | {"text": "Te ver."}, location=at(200))
    await report(stored, category="zwerfvuil", text="Iets anders.", location=HERE)
    await report(stored, **DUMPED, location=HERE, happened_from=NOW - timedelta(days=30))
    found = await stored.database.pool.fetchval("select report_id from report where reference = $1", first)
    answer = await client.get(f"/reports/{found}/similar", headers=caller("p" + "7" * 32, "city-officer"))
    items = answer.json()["items"]
    assert [(one["reference"], one["metres"], one["text"]) for one in items] == [
        (near, 30, "Op 30 m."),
        (far, 120, "Op 120 m."),
    ]
    assert await stored.database.pool.fetchval("select count(*) from report_reading where role = 'city-officer'") == 2


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "reports") as where:
        connection = await connect(where.migrator)
        await fill(connection, 100_000)
        yield connection
        await connection.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("query", "only_city"), ASKED_BY, ids=str)
async def test_with_100_000_reports_a_page_is_found_by_an_index(
    many: Connection, query: dict[str, Any], only_city: bool
) -> None:
    parameters = views.ReportQuery.model_validate(query)
    await check(many, views.REPORTS, parameters, views.asked_for(parameters, TODAY, reader(only_city=only_city)))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("query", "matching"),
    [
        ({"q": "de", "order": "newest"}, "true"),
        ({"q": "de", "order": "due"}, OPEN),
        ({"q": "woord1", "order": "newest"}, "text like '%woord1%'"),
        ({"q": "woord10", "order": "newest"}, "text like '%woord10%'"),
        ({"q": "zet", "order": "newest"}, "text like '%zetel%'"),
        ({"q": "de woord1", "network_id": A_NETWORK}, f"text like '%woord1%' and network_id = '{A_NETWORK}'"),
        ({"q": "woord999 zetel"}, "false"),
    ],
    ids=str,
)
async def test_the_pages_of_a_search_are_those_of_the_whole_list_for_common_and_rare_words(
    many: Connection, query: dict[str, Any], matching: str
) -> None:
    asked = views.ReportQuery.model_validate(query)
    page, after, shown = (views.REPORTS, asked.order, asked.conditions()), None, list[str]()
    for _ in range(3):
        rows = await page_rows(many, *page, after, 40)
        shown += [str(one["report_id"]) for one in rows]
        after = Place(rows[-1]["list_value"], rows[-1]["list_key"]) if rows else after
    by = {"newest": "reported_at desc, report_id desc", "due": "due_on, report_id"}.get(asked.order, "reported_at")
    every = await many.fetch(f"select report_id from report where {matching} order by {by} limit 120")
    assert shown == [str(one["report_id"]) for one in every]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_common_word_with_a_filter_is_counted_exactly(many: Connection) -> None:
    asked = views.ReportQuery.model_validate({"q": "de", "network_id": A_NETWORK})
    assert [[*row] for row in await answered(many, statements.number(views.REPORTS, asked.conditions()))] == [[500]]


@pytest.mark.asyncio(loop_scope="module")
async def test_with_100_000_reports_those_near_a_report_are_found_by_an_index(many: Connection) -> None:
    plan = await explained(many, views.NEARBY, SIMILAR_ASKED)
    assert rows_read(plan) < 1000
    assert "report_by_place" in {one.get("Index Name") for one in plan}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("asked", OPEN311_ASKED, ids=str)
async def test_with_100_000_reports_open311_requests_are_found_by_an_index(
    many: Connection, asked: dict[str, Any]
) -> None:
    arguments = open311_asked(**asked)
    plan = await explained(many, statement_of(arguments), arguments)
    assert rows_read(plan) < MOST_READ
    assert asked.get("status") != "open" or "report_by_status" not in {one.get("Index Name") for one in plan}
    assert ("Seq Scan", "report") not in {(one["Node Type"], one.get("Relation Name")) for one in plan}


@pytest.mark.asyncio(loop_scope="module")
async def test_with_100_000_reports_each_count_and_the_figures_read_a_bounded_number_of_rows(many: Connection) -> None:
    for status in ReportStatus:
        counted = statements.number(views.REPORTS, [condition("status = {}", status.value)])
        assert rows_read(await explained(many, *counted)) <= MOST_COUNTED
    plan = await explained(many, FIGURES, ("category", None))
    assert {one.get("Relation Name") for one in plan} <= {None, "monthly_figure"}

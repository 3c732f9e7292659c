"""Over Open311 on PostgreSQL, a report is submitted and handled, and a standard client reads the reports."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from georeport import GeoReport
from lxml import etree
from unit.reports.reports_memory import CITY, GIVEN, NOW, command

from buurtsein_reports import api, handlers
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.store import ReportsStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import app_of, client_of
from harness.stores import PostgresStore

OPEN311 = "http://test/open311/v2"
SENT = {
    "service_code": "sluikstort",
    "lat": "50.51234",
    "long": "4.51234",
    "description": "Een zetel naast de glasbol.",
    "address_string": "Dorp 12",
    "email": "jan@voorbeeld.be",
    "first_name": "Jan",
    "last_name": "Peeters",
    "phone": "+32 470 00 00 00",
    "attribute[happened_at]": "2026-11-24T11:00:00+01:00",
    "attribute[happening_now]": "no",
    "device_id": "d",
    "account_id": "a",
    "api_key": "k",
    "jurisdiction_id": "41002",
    "address_id": "",
}
PRIVATE = ("Jan", "voorbeeld", "0470", "470 00", "zetel", "Dorp", "50.5123", "4.5123")


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[PostgresStore[ReportsStore]]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        yield PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))


@pytest.fixture
def client(stored: PostgresStore[ReportsStore]) -> httpx.AsyncClient:
    return client_of(app_of(api.router, GIVEN, facades=[api.FACADE]), stored.database)


async def send(client: httpx.AsyncClient, form: str = "json", **changes: Any) -> httpx.Response:
    return await client.post(f"{OPEN311}/requests.{form}", data=SENT | changes)


async def number(stored: PostgresStore[ReportsStore], table: str) -> int:
    return int(await stored.database.pool.fetchval(f"select count(*) from {table}"))


async def test_a_request_is_a_report_like_any_other(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    answer = await send(client)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    [told] = answer.json()
    assert list(told)[:3] == ["service_request_id", "service_notice", "account_id"]
    [row] = await stored.database.pool.fetch("select * from report join reporter using (report_id)")
    assert (row["reference"], row["category"], row["text"]) == (
        told["service_request_id"],
        "sluikstort",
        SENT["description"],
    )
    assert (row["name"], row["email"], row["street"]) == ("Jan Peeters", "jan@voorbeeld.be", "Dorp 12")
    assert await stored.recorded() == 2
    own = {"Tracking-Token": told["tracking_token"]}
    assert (await client.get(f"/reports/{row['reference']}/status", headers=own)).status_code == 200


async def test_the_same_request_again_is_the_same_report(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    first, again = await send(client, "xml"), await send(client, "xml")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert etree.fromstring(first.content).findtext("request/service_request_id")
    assert await number(stored, "report") == 1


async def test_an_address_may_stand_for_a_point(client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]) -> None:
    address = {"lat": "", "long": "", "address_string": "Kerkstraat 12 bus 3, 9300 Aalst"}
    assert (await send(client, **address)).status_code == 201
    [row] = await stored.database.pool.fetch("select latitude, house_number, address_id from report")
    assert tuple(row) == (50.4, "12 bus 3", "1")


async def test_an_unknown_address_is_refused_with_suggestions_that_can_be_sent(client: httpx.AsyncClient) -> None:
    address = {"lat": "", "long": "", "address_string": "Kerkstraat 99, 9300 Aalst"}
    unknown = await send(client, "xml", **address)
    [error] = etree.fromstring(unknown.content)
    first = error.find("suggestions/suggestion")
    assert (unknown.status_code, error.findtext("problem")) == (400, "address_unknown")
    assert first is not None
    assert (first.findtext("address_string") or "") in (error.findtext("description") or "")
    two = await send(client, **address | {"address_string": "Molenstraat 5, 9308 Aalst"})
    [ambiguous] = two.json()
    assert (ambiguous["problem"], len(ambiguous["suggestions"])) == ("address_ambiguous", 2)
    assert (await send(client, **address | ambiguous["suggestions"][1])).status_code == 201


async def test_open_reports_around_a_place_are_found_before_one_reports_and_tell_no_more_than_they_show(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    async def near(lat: float, long: float = 4.512, radius: int = 50) -> list[str]:
        where: dict[str, str | float] = {"status": "open", "lat": lat, "long": long, "radius": radius}
        answer = await client.get(f"{OPEN311}/requests.json", params=where)
        return [one["service_request_id"] for one in answer.json()]

    dumped = (await send(client)).json()[0]["service_request_id"]
    await send(client, service_code="graffiti", description="Een tag, die de politie ook behandelt.")
    assert await near(50.512) == [dumped]
    assert await near(50.5121, 4.5121, 60) == [dumped]
    assert await near(50.52) == []
    found = [await near(50.5125 + step / 10_000) for step in range(12)]
    await stored.database.pool.execute("update report set latitude = 50.51249 where reference = $1", dumped)
    assert [await near(50.5125 + step / 10_000) for step in range(12)] == found
    assert [dumped] in found
    assert [] in found


async def test_reports_of_a_category_that_was_removed_stay_with_their_old_name(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    sent = (await send(client)).json()[0]["service_request_id"]
    shipped = shipped_categories()
    left = [one for one in shipped.categories if one.category != "sluikstort"]
    document = shipped.model_copy(update={"categories": left}).model_dump_json(exclude={"edition"})
    await stored.database.pool.execute(
        """insert into edition (kind, number, valid_from, status, base, document, why, proposed_by, proposed_for,
           proposed_at) values ('categories', 1, $1, 'APPROVED', 0, $2, 'w', 'p', 'city', now())""",
        NOW.date(),
        document,
    )
    services = await client.get(f"{OPEN311}/services.json")
    assert "sluikstort" not in {one["service_code"] for one in services.json()}
    [shown] = (await client.get(f"{OPEN311}/requests/{sent}.json")).json()
    assert (shown["service_code"], shown["service_name"]) == ("sluikstort", "sluikstort")
    assert (await client.get(f"{OPEN311}/requests.json", params={"service_code": "sluikstort"})).json() == [shown]


async def test_a_key_makes_a_repeated_request_answer_the_same(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = [await client.post(f"{OPEN311}/requests.xml", data=SENT, headers=key) for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)


async def test_an_emergency_is_refused_with_the_number_to_call(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    emergency = {"description": "Er staat een man met een mes voor mijn deur."}
    for code in ("sluikstort", "inbraak"):
        answer = await send(client, "xml", service_code=code, **emergency)
        [error] = etree.fromstring(answer.content)
        assert (answer.status_code, error.findtext("code"), error.findtext("problem")) == (400, "400", "emergency")
        assert "Bel 101" in (error.findtext("description") or "")
    assert (await number(stored, "report"), await number(stored, "emergency_count")) == (0, 2)


async def test_a_doubtful_text_is_asked_about_and_the_answer_is_an_attribute(client: httpx.AsyncClient) -> None:
    doubtful = {"description": "Er loopt een verdachte man rond.", "attribute[happening_now]": ""}
    asked = await send(client, **doubtful)
    assert (asked.status_code, asked.json()[0]["problem"]) == (400, "emergency_question")
    assert (await send(client, **doubtful | {"attribute[happening_now]": "no"})).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "problem"),
    [
        ({"service_code": ""}, 400, "invalid_request"),
        ({"service_code": "inbraak"}, 404, "service_unknown"),
        ({"jurisdiction_id": "elders.be"}, 404, "jurisdiction_unknown"),
        ({"lat": ""}, 400, "location_missing"),
        ({"lat": "", "long": ""}, 400, "location_missing"),
        ({"lat": "nan"}, 400, "invalid_request"),
        ({"lat": "51.5"}, 400, "outside_area"),
        ({"description": ""}, 400, "text_missing"),
        ({"description": "x" * 3001}, 400, "invalid_request"),
        ({"description": "Hij heet 93.05.18-223.61."}, 400, "national_number"),
        ({"attribute[happened_at]": "2026-11-24T11:00:00"}, 400, "invalid_request"),
        ({"attribute[happened_at]": "2027-11-24T11:00:00Z"}, 400, "future"),
        ({"attribute[happening_now]": "misschien"}, 400, "invalid_request"),
    ],
    ids=str,
)
async def test_a_mistake_is_refused_as_on_our_own_route(
    client: httpx.AsyncClient,
    stored: PostgresStore[ReportsStore],
    changes: dict[str, str],
    status: int,
    problem: str,
) -> None:
    answer = await send(client, **changes)
    assert (answer.status_code, answer.json()[0]["problem"]) == (status, problem)
    assert await number(stored, "report") == 0


async def test_without_a_moment_it_happened_now_and_a_photo_is_not_taken_over(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    answer = await send(client, **{"attribute[happened_at]": "", "media_url": "https://foto.example/1.jpg"})
    assert answer.json()[0]["service_notice"].endswith("De foto is niet overgenomen.")
    assert await stored.database.pool.fetchval("select happened_from from report") == NOW


async def test_everybody_sees_neither_text_nor_reporter_nor_reports_of_the_police(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    dumped = (await send(client)).json()[0]["service_request_id"]
    async with stored.unit_of_work() as store:
        burglary = await handlers.submit_report(command(), CITY, GIVEN, store)
    assert isinstance(burglary, handlers.Submitted)
    for form in ("xml", "json"):
        answer = await client.get(f"{OPEN311}/requests.{form}")
        assert dumped in answer.text
        assert not [one for one in (*PRIVATE, burglary.report.reference) if one in answer.text]
    hidden = await client.get(f"{OPEN311}/requests/{burglary.report.reference}.json")
    assert (hidden.status_code, hidden.json()[0]["problem"]) == (404, "report_unknown")
    await stored.database.pool.execute("update report set route_to = '{police}' where reference = $1", dumped)
    assert (await client.get(f"{OPEN311}/requests/{dumped}.json")).status_code == 404


async def test_a_list_is_chosen_by_status_kind_number_and_period(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore]
) -> None:
    async def numbers(**asked: str) -> list[str]:
        answer = await client.get(f"{OPEN311}/requests.json", params=asked)
        return [one["service_request_id"] for one in answer.json()]

    dumped, litter = [
        (await send(client, service_code=code, description=code)).json()[0]["service_request_id"]
        for code in ("sluikstort", "zwerfvuil")
    ]
    await stored.database.pool.execute("update report set status = 'RESOLVED' where reference = $1", litter)
    assert await numbers(status="closed") == [litter]
    assert await numbers(status="open") == [dumped]
    assert await numbers(status="open,closed", service_code="zwerfvuil") == [litter]
    assert await numbers(service_request_id=dumped, status="closed") == [dumped]
    assert await numbers(start_date="2026-11-25T00:00:00Z") == []


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_a_client_of_the_standard_reads_services_and_requests(
    client: httpx.AsyncClient, stored: PostgresStore[ReportsStore], form: str
) -> None:
    """The client `georeport`, from the Python package index, reads services and requests; it sends no reports."""
    sent = [(await send(client, description=text)).json()[0]["service_request_id"] for text in ("Een.", "Twee.")]
    app = app_of(api.router, GIVEN, facades=[api.FACADE])
    app.state.database = stored.database
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        city = GeoReport(f"http://127.0.0.1:{listening.getsockname()[1]}/open311/v2", "41002", None, form)
        try:
            services, definition, requests, request = await asyncio.to_thread(_read, city)
        finally:
            server.should_exit = True
            await running
    assert "sluikstort" in {one["service_code"] for one in services}
    assert definition["service_code"] == "sluikstort"
    assert {one["service_request_id"] for one in requests} == set(sent)
    assert (request["service_request_id"], request["status"]) == (requests[0]["service_request_id"], "open")


def _read(city: GeoReport) -> tuple[Any, Any, Any, Any]:
    requests = city.get_service_requests(status="open", service_code="sluikstort")
    one = city.get_service_request(requests[0]["service_request_id"])
    return city.get_service_list(), city.get_service_definition("sluikstort"), requests, one

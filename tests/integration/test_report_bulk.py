"""Over HTTP on PostgreSQL, a clerk takes one step on many reports after a preview, and saves filters."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from unit.reports.reports_memory import CITY, GIVEN, command

from buurtsein_reports import api, handlers
from buurtsein_reports.store import ReportsStore
from buurtsein_reports.store.filters import MOST
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused
from harness.stores import PostgresStore

OFFICER, CITY_OFFICER = caller("p" + "7" * 32, "officer"), caller("p" + "8" * 32, "city-officer")
TRIAGE = {"category": "sluikstort", "severity": "Minor", "route_to": ["city"]}
BULK: dict[str, Any] = {"select": {"category": ["sluikstort"]}, "triage": TRIAGE}


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[PostgresStore[ReportsStore]]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        yield PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))


@pytest.fixture
async def client(stored: PostgresStore[ReportsStore]) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(api.router, stored.database, GIVEN) as client:
        yield client


async def dumped(stored: PostgresStore[ReportsStore], count: int = 1, **changes: Any) -> list[str]:
    """Store reports of illegal dumping, and return their references."""
    references = []
    for number in range(count):
        asked = command(**{"category": "sluikstort", "text": f"Een zetel, nummer {number}."} | changes)
        async with stored.unit_of_work() as store:
            submitted = await handlers.submit_report(asked, CITY, GIVEN, store)
        assert isinstance(submitted, handlers.Submitted)
        references.append(submitted.report.reference)
    return references


async def preview(client: httpx.AsyncClient, bulk: dict[str, Any] = BULK) -> httpx.Response:
    answer = await client.post("/report-steps/preview", json=bulk, headers=CITY_OFFICER)
    assert answer.status_code == 200, answer.text
    return answer


async def take(client: httpx.AsyncClient, seen: str, bulk: dict[str, Any] = BULK) -> httpx.Response:
    return await client.post("/report-steps", json=bulk, headers=CITY_OFFICER | {"If-Match": seen})


async def statuses(stored: PostgresStore[ReportsStore]) -> dict[str, str]:
    rows = await stored.database.pool.fetch("select reference, status from report")
    return {row["reference"]: row["status"] for row in rows}


async def test_a_preview_tells_what_a_step_would_do_and_stores_nothing(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    first, second = await dumped(stored, 2)
    await stored.database.pool.execute("update report set status = 'RESOLVED' where reference = $1", first)
    events = await stored.recorded()
    told = (await preview(client)).json()
    assert (told["selected"], told["done"], told["refused"]) == (2, 1, {"transition_refused": 1})
    assert [(one["reference"], one["status"]) for one in told["outcomes"]] == [(first, "RESOLVED"), (second, "TRIAGED")]
    assert "afgehandeld" in told["outcomes"][0]["detail"]
    assert await statuses(stored) == {first: "RESOLVED", second: "RECEIVED"}
    assert await stored.recorded() == events


async def test_a_step_is_taken_report_by_report_with_its_event_and_a_refusal_is_explained(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    first, second, third = await dumped(stored, 3)
    await stored.database.pool.execute("update report set status = 'RESOLVED' where reference = $1", first)
    events = await stored.recorded()
    answer = await take(client, (await preview(client)).headers["ETag"])
    assert answer.status_code == 200, answer.text
    assert (answer.json()["done"], answer.json()["refused"]) == (2, {"transition_refused": 1})
    assert await statuses(stored) == {first: "RESOLVED", second: "TRIAGED", third: "TRIAGED"}
    assert await stored.recorded() == events + 4
    clerks = await stored.database.pool.fetch("select distinct actor from report_step")
    assert [row["actor"] for row in clerks] == ["p" + "8" * 32]


async def test_what_changed_since_the_preview_is_not_touched(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    [first] = await dumped(stored)
    seen = (await preview(client)).headers["ETag"]
    other = BULK | {"triage": TRIAGE | {"severity": "Severe"}}
    refused(await take(client, seen, other), 412, "version_changed")
    [second] = await dumped(stored, text="Nog een zetel.")
    refused(await take(client, seen), 412, "version_changed")
    seen = (await preview(client)).headers["ETag"]
    assert (await take(client, seen)).json()["done"] == 2
    refused(await take(client, seen), 412, "version_changed")
    assert await statuses(stored) == {first: "TRIAGED", second: "TRIAGED"}
    refused(await client.post("/report-steps", json=BULK, headers=CITY_OFFICER), 428, "if_match_missing")


async def test_each_report_that_a_step_forwards_has_its_own_token_in_the_answer_and_none_in_the_preview(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    references = await dumped(stored, 2)
    await stored.database.pool.execute("update report set status = 'IN_PROGRESS'")
    bulk = {"select": {}, "progress": {"status": "FORWARDED", "forwarded_to": "De Watergroep"}}
    shown = await preview(client, bulk)
    assert not any("forwarding_token" in one for one in shown.json()["outcomes"])
    answer = await take(client, shown.headers["ETag"], bulk)
    tokens = {one["reference"]: one["forwarding_token"] for one in answer.json()["outcomes"]}
    assert (set(tokens), len(set(tokens.values()))) == (set(references), 2)
    for reference, token in tokens.items():
        where, headers = f"/forwarded/{reference}", {"Forwarding-Token": token}
        assert (await client.get(where, headers=headers)).json()["waits"]
        assert (await client.post(f"{where}/answer", json={"answer": "done"}, headers=headers)).is_success


async def test_the_city_takes_no_step_on_what_only_the_police_handle(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    await dumped(stored, category="inbraak")
    told = (await preview(client, BULK | {"select": {}})).json()
    assert told["selected"] == 0


@pytest.mark.parametrize(
    "bulk",
    [
        {"select": {}},
        {"select": {}, "triage": TRIAGE, "message": {"message": "We komen."}},
        {"select": {"colour": "red"}, "triage": TRIAGE},
        {"triage": TRIAGE},
    ],
    ids=str,
)
async def test_a_request_without_exactly_one_step_and_known_filters_is_refused(
    client: httpx.AsyncClient, bulk: dict[str, Any]
) -> None:
    answer = await client.post("/report-steps/preview", json=bulk, headers=CITY_OFFICER)
    refused(answer, 422, "invalid_request")


async def test_more_reports_than_a_person_can_oversee_are_refused(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    await dumped(stored)
    columns = "category, severity, route_to, channel, status, text, happened_from, latitude, longitude, reported_at"
    await stored.database.pool.execute(
        f"""insert into report (report_id, reference, tracking_sha256, {columns})
            select gen_random_uuid(), n::text, '', {columns} from report, generate_series(1, 200) n"""
    )
    answer = await client.post("/report-steps/preview", json=BULK, headers=CITY_OFFICER)
    refused(answer, 422, "bulk_too_many")


async def test_a_clerk_saves_filters_for_themselves_and_removes_them(client: httpx.AsyncClient) -> None:
    query = {"status": ["RECEIVED"], "near": "4.5,50.5", "order": "newest"}
    saved = await client.put("/saved-filters/Mijn%20buurt", json=query, headers=OFFICER)
    assert (saved.status_code, saved.json()["items"][0]["query"]) == (200, query)
    await client.put("/saved-filters/Mijn%20buurt", json={"overdue": True, "limit": 10}, headers=OFFICER)
    [item] = (await client.get("/saved-filters", headers=OFFICER)).json()["items"]
    assert (item["name"], item["query"]) == ("Mijn buurt", {"overdue": True})
    assert (await client.get("/saved-filters", headers=CITY_OFFICER)).json()["items"] == []
    await client.delete("/saved-filters/Mijn%20buurt", headers=CITY_OFFICER)
    left = await client.delete("/saved-filters/Mijn%20buurt", headers=OFFICER)
    assert (left.status_code, left.json()["items"]) == (200, [])


async def test_saved_filters_are_bounded_and_checked(client: httpx.AsyncClient) -> None:
    refused(await client.put("/saved-filters/x", json={"colour": "red"}, headers=OFFICER), 422, "invalid_request")
    number = {"q": "85.07.30-033.28"}
    refused(await client.put("/saved-filters/x", json=number, headers=OFFICER), 422, "national_number")
    for one in range(MOST):
        await client.put(f"/saved-filters/{one}", json={}, headers=OFFICER)
    refused(await client.put("/saved-filters/x", json={}, headers=OFFICER), 409, "filters_full")
    assert (await client.put("/saved-filters/0", json={}, headers=OFFICER)).status_code == 200


async def test_reports_are_found_by_words_of_their_text_and_the_most_severe_come_first(
    stored: PostgresStore[ReportsStore], client: httpx.AsyncClient
) -> None:
    [sofa] = await dumped(stored, text="Een groene ZETEL aan de glasbol.")
    [burglary] = await dumped(stored, category="inbraak", text="De achterdeur is geforceerd.")
    for typed, found in (("zet glas", [sofa]), ("zetel achterdeur", []), ("achterdeur", [burglary])):
        items = (await client.get("/reports", params={"q": typed}, headers=OFFICER)).json()["items"]
        assert [one["reference"] for one in items] == found
    assert (await client.get("/reports", params={"q": "achterdeur"}, headers=CITY_OFFICER)).json()["items"] == []
    items = (await client.get("/reports", params={"order": "severest"}, headers=OFFICER)).json()["items"]
    assert [one["reference"] for one in items] == [burglary, sofa]

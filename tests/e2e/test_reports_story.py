"""Tests over HTTP and Kafka how the running stack accepts reports."""

import csv
import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import httpx
import pytest

from buurtsein_contracts import Event
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.events.incident import Category
from buurtsein_stack.installation import SHIPPED
from buurtsein_stack.issuer import signing_key
from buurtsein_stack.people import Person, token
from harness.problems import refused
from harness.starting import OPERATE, ended
from harness.story import handled_report
from harness.town import DORP, Town

AALST = SHIPPED / "aalst"
SECRET = "85.07.30-033.28"


def story(**changes: Any) -> dict[str, Any]:
    start = datetime.now(UTC) - timedelta(hours=5)
    return {
        "category": "inbraak",
        "text": "Poging tot inbraak aan de achterdeur.",
        "happened_from": start.isoformat(),
        "location": {"latitude": DORP[1], "longitude": DORP[0], "postcode": "9300", "street": "Dorp"},
    } | changes


def submit(town: Town, role: str | None = None, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return town.client("reports", role).post("/v1/reports", json=story(**changes), headers=headers)


async def rows(town: Town, query: str, *values: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(town.manifest["postgres"]["databases"]["reports"])
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


def event_of(town: Town, report_id: str) -> Callable[[], IncidentReported | None]:
    def probe() -> IncidentReported | None:
        data = (event.data for event in town.events("bin.incidents") if event.key == report_id)
        return next((found for found in data if isinstance(found, IncidentReported)), None)

    return probe


def test_a_report_without_a_token_can_be_submitted_and_followed(town: Town) -> None:
    answer = submit(town, contact={"name": "Jan Peeters", "email": "jan@voorbeeld.be"})
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert "geen aangifte" in receipt["formal_complaint"]["text"]
    assert receipt["advice"]
    assert "101" in receipt["emergency_reminder"]
    event = town.wait_for("the event", event_of(town, receipt["report_id"]))
    assert (event.category, event.reference) == ("inbraak", receipt["reference"])
    assert "Jan" not in event.to_json()
    assert "achterdeur" not in event.to_json()
    code, token = receipt["reference"], receipt["tracking_token"]
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("-", "\u2013")):
        status = town.http("reports").get(f"/v1/reports/{quote(typed)}/status", headers={"Tracking-Token": token})
        assert status.json()["status"] == "RECEIVED"


def test_a_reporter_follows_in_plain_words_what_the_city_does_and_opens_the_report_again(town: Town) -> None:
    receipt = handled_report(town)
    client, token = town.http("reports"), {"Tracking-Token": receipt["tracking_token"]}
    path = f"/v1/reports/{receipt['reference']}/status"
    followed = town.done(client.get(path, headers=token)).json()
    assert [step["status"] for step in followed["steps"]] == [
        "TRIAGED",
        "IN_PROGRESS",
        "PLANNED",
        "RESOLVED",
        "REOPENED",
    ]
    reopened = "Uw melding is opnieuw geopend. Ze wordt opnieuw bekeken door de stad. We willen ze ten laatste op "
    assert followed["text"] == f"{reopened}{date.fromisoformat(followed['due_on']):%d/%m/%Y} afhandelen."
    assert followed["steps"][2]["message"] == "We komen langs."
    assert followed["steps"][3]["text"] == "Uw melding is afgehandeld. Het werk is gedaan."
    in_french = town.done(client.get(path, params={"language": "fr"}, headers=token)).json()
    assert in_french["text"].startswith("Votre signalement a été rouvert.")
    said = {"reason": "not_solved", "message": "Het ligt er nog."}
    refused(client.post(f"{path}/reopening", json=said, headers=token), 409, "transition_refused")
    file = town.client("reports", "city-officer").get(f"/v1/reports/{receipt['report_id']}")
    closing = {"resolution": "REJECTED", "reason": "private_property", "note": "Tuin van de buren."}
    closed = town.client("reports", "city-officer").post(
        f"/v1/reports/{receipt['report_id']}/closure", json=closing, headers={"If-Match": file.headers["ETag"]}
    )
    town.done(closed)
    assert "Tuin" not in client.get(path, headers=token).text
    town.done(client.post(f"{path}/reopening", json=said, headers=token))
    for topic in ("bin.incidents", "bin.city-incidents"):
        town.wait_for("all events", partial(all_told, town, topic, receipt["report_id"]))


def all_told(town: Town, topic: str, key: str) -> bool:
    told = [event.data.TYPE.split(".")[-2] for event in town.events(topic) if event.key == key]
    handled = ["reported", "triaged", "relocated", "assigned", "updated", "updated", "resolved", "reopened"]
    return told == [*handled, "resolved", "reopened"]


def test_of_two_clerks_on_one_report_the_second_is_told_that_it_changed(town: Town) -> None:
    path = f"/v1/reports/{submit(town, category='lawaaihinder').json()['report_id']}"
    judged = {"category": "lawaaihinder", "severity": "Minor", "route_to": ["city", "police"]}
    seen = {"If-Match": town.client("reports", "officer").get(path).headers["ETag"]}
    town.done(town.client("reports", "officer").post(f"{path}/triage", json=judged, headers=seen))
    late = town.client("reports", "city-officer").post(f"{path}/triage", json=judged, headers=seen)
    [step] = refused(late, 412, "version_changed")["steps"]
    assert (step["number"], step["party"], set(step)) == (2, "police", {"number", "status", "at", "party"})


def first_of(town: Town, topic: str, key: str) -> Event[Any] | None:
    return next((event for event in town.events(topic) if event.key == key), None)


def test_a_report_cannot_be_linked_to_another_request_of_the_same_person(town: Town) -> None:
    mine, trace = str(uuid4()), "0af7651916cd43dd8448eb211c80319c"
    headers = {"X-Correlation-Id": mine, "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    for role in (None, "coordinator"):
        body = story(category="sluikstort")
        answer = town.client("reports", role).post("/v1/reports", json=body, headers=headers)
        key = answer.json()["report_id"]
        for topic in ("bin.incidents", "bin.city-incidents"):
            event = town.wait_for("the event", partial(first_of, town, topic, key))
            assert event.correlation_id == answer.headers["X-Correlation-Id"] != mine
            assert trace not in str(event.traceparent)


@pytest.mark.parametrize("headers", [{}, {"Tracking-Token": "x"}])
def test_a_report_cannot_be_followed_without_its_tracking_token(town: Town, headers: dict[str, str]) -> None:
    reference = submit(town).json()["reference"]
    for asked in (reference, "ZZZZ-ZZZZ", "%01"):
        answer = town.http("reports").get(f"/v1/reports/{asked}/status", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "report_unknown")


async def test_a_repeated_request_gets_the_same_answer_and_the_token_is_not_stored(town: Town) -> None:
    key = str(uuid4())
    body = story()
    first, second = (
        town.http("reports").post("/v1/reports", json=body, headers={"Idempotency-Key": key}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    [kept] = await rows(town, "select body from idempotency where key = $1", key)
    assert first.json()["tracking_token"] not in kept["body"]
    assert len(await rows(town, "select 1 from report where reference = $1", first.json()["reference"])) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "paranormaal"}, "category_unknown"),
        ({"text": f"Het was {SECRET}"}, "national_number"),
        ({"text": ""}, "text_missing"),
        ({"happened_from": None}, "time_missing"),
        ({"happened_from": "2127-01-01T00:00:00Z"}, "future"),
        ({"happened_to": "2026-01-01T00:00:00Z"}, "end_before_start"),
        ({"location": {"postcode": "9300"}}, "location_missing"),
        ({"location": {"latitude": 51.2, "longitude": 4.4}}, "outside_area"),
        ({"colour": "red"}, "invalid_request"),
    ],
)
def test_an_impossible_report_is_refused_with_its_code(town: Town, changes: dict[str, Any], code: str) -> None:
    answer = submit(town, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert SECRET not in answer.text


def test_only_the_city_enters_telephone_calls(town: Town) -> None:
    for role in (None, "resident", "officer"):
        answer = submit(town, role, channel="hotline")
        assert (answer.status_code, answer.json()["code"]) == (403, "hotline_refused")
    urgent = submit(town, "city-officer", channel="hotline", text="NU BEZIG: twee mannen forceren de voordeur!")
    assert (urgent.status_code, urgent.json()["flags"]) == (201, ["emergency_signs"])
    read = town.client("reports", "officer").get(f"/v1/reports/{urgent.json()['report_id']}").json()
    assert read["flags"] == ["emergency_signs"]


def city_officer(town: Town, name: str) -> httpx.Client:
    """Return a client of the reports service for another city officer."""
    signed = token(Person(name, "city-officer"), town.manifest["issuer"]["url"], signing_key(town.stack.home))
    url = town.manifest["services"]["reports"]["url"]
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {signed}"}, timeout=20)


async def test_a_record_of_the_hotline_becomes_one_report_whoever_sends_it_and_however_late(town: Town) -> None:
    body = story(channel="hotline", source={"system": "hotline", "number": f"{uuid4()}"})
    with city_officer(town, "first") as first, city_officer(town, "second") as second:
        with ThreadPoolExecutor(8) as threads:
            posts = [threads.submit((first, second)[n % 2].post, "/v1/reports", json=body) for n in range(8)]
            answers = [post.result() for post in posts]
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        [receipt] = {json.dumps(answer.json(), sort_keys=True) for answer in answers}
        await rows(town, "delete from idempotency")
        late = second.post("/v1/reports", json=body | {"text": "nog eens"})
        assert (late.status_code, late.json()) == (200, json.loads(receipt))
        other = second.post("/v1/reports", json=body | {"happened_from": "2025-01-01T10:00:00Z"})
        assert (other.status_code, other.json()["code"]) == (409, "source_number_taken")
        numbers = [body["source"]["number"], "never seen"]
        known = first.post("/v1/known-sources", json={"system": "hotline", "numbers": numbers}).json()["items"]
    assert [item["number"] for item in known] == numbers[:1]
    assert datetime.fromisoformat(known[0]["happened_from"]) == datetime.fromisoformat(body["happened_from"])
    assert len(await rows(town, "select from report where source_number = $1", numbers[0])) == 1


async def test_handlers_of_a_report_can_read_it_and_each_reading_is_recorded(town: Town) -> None:
    report_id = submit(town, contact={"name": "Jan Peeters"}).json()["report_id"]
    path = f"/v1/reports/{report_id}"
    for role in ("officer", "dispatcher", "korpschef"):
        read = town.client("reports", role).get(path)
        assert read.json()["contact"]["name"] == "Jan Peeters"
        assert read.json()["text"] == story()["text"]
    assert town.client("reports", "city-officer").get(path).json()["code"] == "not_for_city"
    town.client("reports", "officer").get(path, headers={"X-Reason": "Vraag van de melder"})
    noted = await rows(town, "select role, reason from report_reading where report_id = $1 order by id", report_id)
    usual = [(role, "handling") for role in ("officer", "dispatcher", "korpschef")]
    assert list(map(tuple, noted)) == [*usual, ("officer", "Vraag van de melder")]


@pytest.mark.parametrize("role", ["member", "coordinator", "resident", "trader", "finance"])
def test_members_and_coordinators_never_read_a_report(town: Town, role: str) -> None:
    report_id = submit(town).json()["report_id"]
    assert town.client("reports", role).get(f"/v1/reports/{report_id}").status_code == 403
    assert town.http("reports").get(f"/v1/reports/{report_id}").status_code == 401


def test_the_city_reads_only_reports_that_it_handles(town: Town) -> None:
    report_id = submit(town, category="sluikstort").json()["report_id"]
    assert town.client("reports", "city-officer").get(f"/v1/reports/{report_id}").json()["route_to"] == ["city"]


def test_everybody_sees_the_categories(town: Town) -> None:
    items = town.http("reports").get("/v1/categories").json()["items"]
    assert {one.value for one in Category} <= {item["category"] for item in items}
    assert next(item for item in items if item["category"] == "vals geld")["trader"]


def test_a_report_gets_the_network_at_its_place_after_the_recognition(town: Town) -> None:
    point = town.place()
    place = {"longitude": point[0], "latitude": point[1]}
    town.network(recognised=False, place=point)
    assert "network_id" not in submit(town, location=place).json()
    residents = town.network(place=point)["network_id"]
    traders = town.network(kind="BIN-Z", place=point)["network_id"]

    def network_for(category: str) -> str | None:
        found: str | None = submit(town, category=category, location=place).json().get("network_id")
        return found

    town.wait_for("the traders' network", lambda: network_for("winkeldiefstal") == traders)
    town.wait_for("the residents' network", lambda: network_for("inbraak") == residents)


def imported(town: Town, path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    url = town.manifest["services"]["reports"]["url"]
    environment = os.environ | {"BUURTSEIN_TOKEN": town.token("city-officer")}
    return ended(OPERATE, "import", "reports", str(path), "--url", url, *options, env=environment)


def test_the_hotline_export_is_imported_once_despite_faults(town: Town, tmp_path: Path) -> None:
    mine = f"{uuid4().hex[:8]}-"
    path = tmp_path / "hotline-export.csv"
    path.write_text((AALST / "hotline-export.csv").read_text("utf-8-sig").replace("M1-", mine), "utf-8-sig")
    with (AALST / "hotline-export.expected.csv").open() as file:
        expected = [
            (int(row["row"]), row["nummer"].replace("M1-", mine), row["outcome"]) for row in csv.DictReader(file)
        ]

    first = imported(town, path, "--json")
    assert first.returncode == 1, first.stderr
    outcomes = [tuple(row.values()) for row in json.loads(first.stdout)["rows"]]
    assert outcomes == expected

    again = imported(town, path)
    assert " accepted" not in again.stdout
    assert f"rij 14 {mine}00013 refused:category_unknown (categorie B14: " in again.stdout
    assert f"rij 113 {mine}00112 refused:time_unreadable (datum D113: '31/02/2026' is geen datum" in again.stdout
    refused = sum(outcome.startswith("refused") for *_, outcome in expected)
    assert len((tmp_path / "hotline-export.errors.csv").read_text("utf-8-sig").splitlines()) == refused + 1

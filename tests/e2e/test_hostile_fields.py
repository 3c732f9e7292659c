"""Hostile names, texts, areas and amounts get a clear error, and crash no service."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from buurtsein_contracts import uuid7
from buurtsein_kernel.days import BRUSSELS
from harness.problems import refused
from harness.town import CENTRE, Town

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def processes(town: Town) -> Iterator[dict[str, int]]:
    """Check after each test that the processes of the services still run."""
    before = {name: running.pid for name, running in town.stack.processes().items()}
    yield before
    assert {name: running.pid for name, running in town.stack.processes().items()} == before


def nested(depth: int) -> Any:
    value: Any = 4.04
    for _ in range(depth):
        value = [value]
    return value


def application(town: Town, **changed: Any) -> bytes:
    """Send an application for a network as raw bytes, because httpx refuses to encode some values."""
    body = {"name": "BIN Proef", "kind": "BIN", "area": town.square(), "postcodes": ["9300"]} | changed
    return json.dumps(body).encode()


def apply(town: Town, **changed: Any) -> httpx.Response:
    return town.client("registry", "coordinator").post(
        "/v1/networks", content=application(town, **changed), headers=JSON | {"Idempotency-Key": str(uuid4())}
    )


def field_code(answer: httpx.Response) -> str:
    refused(answer, 422, "invalid_request")
    return str(answer.json()["errors"][0]["code"])


def costs(town: Town, network_id: str, **changed: Any) -> httpx.Response:
    """Send an application for funding with one cost line."""
    line = {"kind": "sms", "description": "berichten", "cents": 5500} | changed
    year = datetime.now(BRUSSELS).year
    body = {"network_id": network_id, "year": year, "form_version": "2026-1", "cost_lines": [line]}
    return town.client("funding", "coordinator").post("/v1/applications", json=body)


def report(town: Town, **changed: Any) -> httpx.Response:
    """Send a report that includes contact data of the reporter."""
    place = {"longitude": CENTRE[0], "latitude": CENTRE[1]}
    started = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = {"category": "sluikstort", "text": "Vijf zakken.", "happened_from": started, "location": place} | changed
    return town.http("reports").post("/v1/reports", json=body)


def settle(town: Town, reference: str) -> httpx.Response:
    body = {"outcome": "sent", "reference": reference}
    return town.client("notifier", "officer").post(
        f"/v1/alerts/{uuid7()}/delivery", json=body, headers={"If-Match": '"seen"'}
    )


NAMES: dict[str, Callable[[Town, str], httpx.Response]] = {
    "the name of a network": lambda town, text: apply(town, name=text),
    "the name of a reporter": lambda town, text: report(town, contact={"name": text}),
    "the kind of a cost": lambda town, text: costs(town, str(uuid7()), kind=text),
    "the reference of a delivery": settle,
}
HIDDEN = ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u2028", "\u00ad", "\U000e0041", "\x1b[31m", "\x85", "\n"]


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
@pytest.mark.parametrize("give", NAMES.values(), ids=NAMES)
def test_a_name_with_hidden_characters(town: Town, give: Callable[[Town, str], httpx.Response], hidden: str) -> None:
    assert field_code(give(town, f"BIN {hidden}Centrum")) == "hidden_characters"


@pytest.mark.usefixtures("processes")
def test_a_name_with_a_nul_character(town: Town) -> None:
    refused(apply(town, name="BIN\0Centrum"), 422, "invalid_text")
    refused(town.http("reports").get("/v1/reports/AAAA%00/status"), 400, "invalid_address")


@pytest.mark.usefixtures("processes")
def test_hidden_characters_are_removed_from_free_text(town: Town) -> None:
    network = apply(town)
    assert network.status_code == 201
    charter = {"communication_plan": "SMS bij \u202edringend\u202c nieuws.", "budget_plan": "De stad\x07 betaalt."}
    path = f"/v1/networks/{network.json()['network_id']}/charter"
    headers = {"If-Match": network.headers["ETag"]}
    answer = town.client("registry", "coordinator").put(path, json=charter, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "\\u202e" not in json.dumps(answer.json())
    assert "\\u0007" not in json.dumps(answer.json())


@pytest.mark.usefixtures("processes")
def test_hidden_characters_are_removed_from_texts_that_officials_read(town: Town) -> None:
    network, typed = town.network(recognised=False), "een\u202e \u200bjaar\x1b[31m\ufeff"
    asked = town.wait_for(
        "funding knows the network",
        lambda: (answer := costs(town, network["network_id"], description=typed)).status_code != 404 and answer,
    )
    assert town.done(asked).json()["cost_lines"][0]["description"] == "een jaar[31m"
    made = town.done(report(town, text=typed)).json()
    shown = town.done(town.client("reports", "city-officer").get(f"/v1/reports/{made['report_id']}")).json()
    assert shown["text"] == "een jaar[31m"
    chief = town.client("notifier", "korpschef")
    seen = {"If-Match": chief.get("/v1/kill-switch").headers["ETag"]}
    switched = town.done(chief.post("/v1/kill-switch", json={"on": False, "reason": typed}, headers=seen))
    assert switched.json()["reason"] == "een jaar[31m"


AREAS = {
    "deep": (lambda: nested(100), 400, "invalid_json"),
    "less deep": (lambda: nested(50), 422, "area_invalid"),
    "many rings": (lambda: [[[4.04, 50.93]] * 4] * 1000, 422, "area_invalid"),
    "many points": (lambda: [[[4.04, 50.93]] * 2000], 422, "area_invalid"),
    "huge numbers": (lambda: [[[1e300, 1e300]] * 4], 422, "area_invalid"),
    "an impossible place": (lambda: [[[999, 999]] * 4], 422, "area_invalid"),
    "no surface": (lambda: [[[4.04, 50.93]] * 4], 422, "area_invalid"),
    "crossing lines": (
        lambda: [[[4.04, 50.93], [4.05, 50.94], [4.05, 50.93], [4.04, 50.94], [4.04, 50.93]]],
        422,
        "area_invalid",
    ),
    "nothing": (list, 422, "area_invalid"),
    "text": (lambda: "POLYGON((0 0, 1 1))", 422, "area_invalid"),
}


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(("make", "status", "code"), AREAS.values(), ids=AREAS)
def test_a_hostile_area(town: Town, make: Any, status: int, code: str) -> None:
    refused(apply(town, area={"type": "Polygon", "coordinates": make()}), status, code)


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("cents", [10**15, 10**30, 1.5, -1, "1", True])
def test_hostile_amounts(town: Town, cents: Any) -> None:
    lines = [{"kind": "sms", "description": "berichten", "cents": cents}]
    body = {"network_id": str(uuid7()), "year": 2026, "form_version": "2026-1", "cost_lines": lines}
    answer = town.client("funding", "coordinator").post("/v1/applications", json=body)
    assert answer.status_code in {400, 404, 409, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"

"""How every service handles HTTP requests: errors, limits, idempotency, correlation ids and health."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.ledger import Ledger, new_ledger
from harness.ledger_process import Running
from harness.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ledger(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path_factory.mktemp("logs")) as fresh:
        yield fresh


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(ledger: Ledger) -> Running:
    return await ledger.up("api")


@pytest_asyncio.fixture(loop_scope="module")
async def client(service: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=service.url, timeout=10) as opened:
        yield opened


PATH = "/v1/entries"
JSON = {"Content-Type": "application/json"}


def entry(number: Any = 1) -> dict[str, Any]:
    return {"network_id": str(uuid7()), "number": number}


async def test_an_unknown_address_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


async def test_a_wrong_body_names_the_field_and_never_its_value(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/entries", json=entry("geheim"))
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["errors"][0]["field"] == "number"
    assert "geheim" not in answer.text


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[" * 10_000, b"null"])
async def test_a_body_that_is_not_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/entries", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"invalid_request", "invalid_json"}


async def test_a_body_over_the_limit_is_refused_whatever_its_content_length(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b'{"a": "' + b"x" * 1000

    answer = await client.post("/v1/entries", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


async def test_the_same_key_gives_the_same_answer_and_one_event(client: httpx.AsyncClient, ledger: Ledger) -> None:
    before = await ledger.count("event_log")
    body, headers = entry(), {"Idempotency-Key": secrets.token_hex(8)}
    first = await client.post(PATH, json=body, headers=headers)
    second = await client.post(PATH, json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await ledger.count("event_log") == before + 1


async def test_the_same_key_at_the_same_time_is_one_event(client: httpx.AsyncClient, ledger: Ledger) -> None:
    before = await ledger.count("event_log")
    body, headers = entry(), {"Idempotency-Key": secrets.token_hex(8)}
    answers = await asyncio.gather(*(client.post(PATH, json=body, headers=headers) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 5
    assert await ledger.count("event_log") == before + 1


async def test_the_same_key_for_another_body_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    await client.post(PATH, json=entry(1), headers=headers)
    answer = await client.post(PATH, json=entry(2), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


ALIKE = [
    b'{"network_id": "%s", "number": 7}',
    b'{"number":7,"network_id":"%s"}',
    b'\n{ "number" : 7.0 , "network_id" : "%s" }',
    b'{"n\\u0075mber": 7, "network_id": "%s"}',
]


async def test_the_same_key_for_the_same_meaning_gives_the_same_answer(client: httpx.AsyncClient) -> None:
    network, headers = str(uuid7()).encode(), {"Idempotency-Key": secrets.token_hex(8)} | JSON
    answers = [await client.post(PATH, content=body % network, headers=headers) for body in ALIKE]
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}


@pytest.mark.parametrize("given", ['"1"', "1"])
async def test_a_version_is_read_with_and_without_its_quotes(client: httpx.AsyncClient, given: str) -> None:
    assert (await client.put("/v1/entries/1", headers={"If-Match": given})).json() == 1


@pytest.mark.parametrize("given", ["²", "٣", '"-1"', "1" * 40, '""', "", "*", '"1", "2"', "x"])
async def test_an_if_match_that_is_no_version_does_not_match(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.put("/v1/entries/1", headers=[(b"If-Match", given.encode())])
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize("given", ['W/"1"', "W/1"])
async def test_a_weak_version_is_refused_with_its_cause(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.put("/v1/entries/1", headers={"If-Match": given})
    assert (answer.status_code, answer.json()["code"]) == (412, "weak_etag")
    assert "comprimeert" in answer.json()["detail"]


async def test_the_correlation_id_comes_back_and_into_the_log(client: httpx.AsyncClient, ledger: Ledger) -> None:
    mine = str(uuid7())
    answer = await client.post("/v1/entries", json=entry(), headers={"X-Correlation-Id": mine})
    assert answer.headers["X-Correlation-Id"] == mine
    logged = await ledger.connection.fetchval("select count(*) from event_log where correlation_id = $1", mine)
    assert logged == 1


@pytest.mark.parametrize(
    "given",
    [
        "x y\t<script>",
        "jan.janssens-aalst",
        "0478.12.34.56",
        "0470123456----------------------",
        "85-07-30-033-28" + "0" * 21,
        "85073003328000000000000000000000",
        "85073003-3280-0000-0000-000000000000",
    ],
)
async def test_a_correlation_id_with_unexpected_characters_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.post("/v1/entries", json=entry(), headers={"X-Correlation-Id": given})
    assert UUID(answer.headers["X-Correlation-Id"])


async def test_metrics_have_the_path_pattern_and_not_the_path(client: httpx.AsyncClient) -> None:
    await client.get("/v1/jan-janssens")
    await client.post("/v1/entries", json=entry())
    await client.get("/health/live")
    text = (await client.get("/metrics")).text
    assert re.search(r'buurtsein_http_request_seconds_count\{[^}]*route="/v1/entries"', text)
    assert re.search(r'buurtsein_http_request_seconds_count\{[^}]*route="/health/live"', text)
    assert "jan-janssens" not in text


async def counted(client: httpx.AsyncClient, status: int, route: str) -> bool:
    text = (await client.get("/metrics")).text
    labels = f'method="POST",route="{route}",status="{status}"'
    return f"buurtsein_http_request_seconds_count{{{labels}}}" in text


async def test_an_unexpected_error_is_answered_counted_and_logged(client: httpx.AsyncClient, ledger: Ledger) -> None:
    body, mine = entry(), str(uuid7())
    answer = await client.post("/v1/broken", json=body, headers={"X-Correlation-Id": mine})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["X-Correlation-Id"] == mine
    assert await counted(client, 500, "/v1/broken")
    lines = [line for line in (ledger.logs / "api.log").read_text().splitlines() if mine in line]
    assert [json.loads(line)["event"] for line in lines] == ["http.failed", "http.request"]
    assert body["network_id"] not in answer.text + "".join(lines)


async def test_a_client_that_disconnects_is_not_counted_as_an_error(client: httpx.AsyncClient) -> None:
    _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = "POST /v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode() + b"{")
    await writer.drain()
    writer.close()
    await wait_until("the hang-up is counted", lambda: counted(client, 499, "none"))
    assert not await counted(client, 500, "none")


async def test_logs_hold_no_body(client: httpx.AsyncClient, ledger: Ledger) -> None:
    await client.post("/v1/entries", json=entry(), headers={"Idempotency-Key": "canary-key"})
    await client.post("/v1/entries", json=entry("canary-value"), headers={"Authorization": "Bearer canary-token"})

    async def logged() -> bool:
        return "http.request" in (ledger.logs / "api.log").read_text()

    await wait_until("the request is in the log", logged)
    text = (ledger.logs / "api.log").read_text()
    assert "canary" not in text
    assert json.loads(text.strip().split("\n")[-1])["service"] == "ledger"


async def test_readiness_follows_the_database(servers: RunningServers, client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).json() == {"status": "ok"}
    assert servers.bootstrap

"""Hostile requests to a running service: each gets a 4xx problem with a stable code, and the service survives."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.ledger import Ledger, new_ledger
from harness.ledger_process import Running
from harness.problems import refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}
BODY_SECONDS = 1.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ledger(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path_factory.mktemp("logs")) as fresh:
        yield fresh


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(ledger: Ledger) -> Running:
    return ledger.start("api", env={"LEDGER_BODY_TIMEOUT": str(BODY_SECONDS)}).ready()


@pytest_asyncio.fixture(loop_scope="module")
async def client(service: Running) -> AsyncIterator[httpx.AsyncClient]:
    """Yield an HTTP client; afterwards check that the service is healthy and still the same process."""
    async with httpx.AsyncClient(base_url=service.url, timeout=10) as opened:
        yield opened
        good = {"network_id": str(uuid7()), "number": 1}
        assert (await opened.post("/v1/entries", json=good)).status_code == 201
        assert service.process.poll() is None


def entry(**changed: Any) -> bytes:
    return json.dumps({"network_id": str(uuid7()), "number": 1} | changed).encode()


BODIES = {
    "ten thousand brackets": (b"[" * 10_000, 400, "invalid_json"),
    "sixty thousand objects": (b'{"a":' * 13_000, 400, "invalid_json"),
    "the same key twice": (entry()[:-1] + b', "number": 2}', 400, "invalid_json"),
    "NaN": (entry(number=float("nan")), 400, "invalid_json"),
    "Infinity": (entry(number=float("inf")), 400, "invalid_json"),
    "a huge float": (entry()[:-2] + b"1e999}", 400, "invalid_json"),
    "a huge integer": (entry(number=10**4000), 400, "invalid_json"),
    "a number of too many digits": (entry()[:-2] + b"9" * 5000 + b"}", 400, "invalid_json"),
    "a lone surrogate": (entry(number="\ud800"), 400, "invalid_json"),
    "a surrogate in UTF-8": (entry()[:-2] + b'"\xed\xa0\x80"}', 400, "invalid_json"),
    "a NUL character": (entry(number="a\0b"), 422, "invalid_text"),
    "a NUL character in a key": (entry(**{"a\0b": 1}), 422, "invalid_text"),
    "more than the database can keep": (entry(number=2**40), 422, "invalid_value"),
    "no UTF-8": (b"\xff\xfe", 400, "invalid_json"),
    "UTF-16": (entry().decode().encode("utf-16"), 400, "invalid_json"),
    "half a document": (b"{", 400, "invalid_json"),
    "nothing": (b"", 422, "invalid_request"),
    "null": (b"null", 422, "invalid_request"),
    "a list": (b"[]", 422, "invalid_request"),
    "text for a number": (entry(number="1; drop table entry"), 422, "invalid_request"),
}


@pytest.mark.parametrize(("body", "status", "code"), BODIES.values(), ids=BODIES)
async def test_a_hostile_body(client: httpx.AsyncClient, body: bytes, status: int, code: str) -> None:
    refused(await client.post("/v1/entries", content=body, headers=JSON), status, code)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": ""},
        {},
        JSON | {"Content-Encoding": "gzip"},
    ],
)
async def test_a_body_with_another_media_type_is_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    refused(await client.post("/v1/entries", content=entry(), headers=headers), 415, "unsupported_media_type")


async def test_json_with_a_charset_is_json(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (await client.post("/v1/entries", content=entry(), headers=headers)).status_code == 201


@pytest.mark.parametrize("megabytes", [0.07, 0.5, 3])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit(client: httpx.AsyncClient, megabytes: float, *, declared: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(int(megabytes * 100)):
            yield b"[" * 10_000

    length = {"Content-Length": str(int(megabytes * 100) * 10_000)} if declared else {}
    try:
        answer = await client.post("/v1/entries", content=chunks(), headers=JSON | length)
    except httpx.TransportError:  # the connection of a client that does not stop sending is closed
        assert megabytes > 1
    else:
        refused(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    ("name", "value", "status", "code"),
    [
        ("X-Long", "x" * 20_000, 431, "headers_too_large"),
        ("Authorization", "Bearer " + "x" * 20_000, 431, "headers_too_large"),
        ("Idempotency-Key", "x" * 201, 422, "invalid_request"),
        ("Authorization", "Bearer not.a.token", 503, "issuer_unavailable"),
    ],
)
async def test_overlong_headers(client: httpx.AsyncClient, name: str, value: str, status: int, code: str) -> None:
    refused(await client.post("/v1/entries", content=entry(), headers=JSON | {name: value}), status, code)


async def test_many_headers(client: httpx.AsyncClient) -> None:
    refused(await client.get("/v1/entries", headers={f"X-{n}": "x" for n in range(3000)}), 431, "headers_too_large")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/%00", 400, "invalid_address"),
        ("/v1/entries?a=%00", 400, "invalid_address"),
        ("/v1/" + "a" * 17_000, 431, "headers_too_large"),
        ("/v1/../../etc/passwd", 404, "not_found"),
        ("/v1/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "not_found"),
        ("/v1/%ff%fe", 404, "not_found"),
    ],
)
async def test_hostile_addresses(client: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    refused(await client.get(path), status, code)


async def test_a_made_up_method_does_not_become_a_metric(client: httpx.AsyncClient) -> None:
    refused(await client.request("JANJANSSENS", "/v1/entries"), 405, "method_not_allowed")
    assert "JANJANSSENS" not in (await client.get("/metrics")).text


def connected(service: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=10)


def heard(connection: socket.socket) -> str:
    """Return all bytes that the service sends before it closes the connection."""
    text = b""
    while data := connection.recv(65_536):
        text += data
    return text.decode()


HEAD = "POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("framing", ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
async def test_a_body_that_never_arrives_gets_408(client: httpx.AsyncClient, service: Running, framing: str) -> None:
    assert client
    with connected(service) as connection:
        started = time.monotonic()
        connection.sendall((HEAD + framing).encode())
        answer = await asyncio.to_thread(heard, connection)
    assert answer.startswith("HTTP/1.1 408")
    assert '"code":"body_too_slow"' in answer
    assert BODY_SECONDS * 0.9 < time.monotonic() - started < BODY_SECONDS + 5


async def test_a_body_that_comes_byte_by_byte_gets_408(client: httpx.AsyncClient, service: Running) -> None:
    """A client that sends one byte at a time does not extend the deadline for the request body."""
    assert client
    with connected(service) as connection:
        connection.sendall((HEAD + "Content-Length: 100000\r\n\r\n").encode())
        connection.settimeout(0.1)
        answer, deadline = b"", time.monotonic() + BODY_SECONDS + 5
        while not answer and time.monotonic() < deadline:
            connection.send(b"[")
            try:
                answer = await asyncio.to_thread(connection.recv, 65_536)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408")


async def test_a_client_that_disconnects_in_the_middle_does_no_harm(
    client: httpx.AsyncClient, service: Running, ledger: Ledger
) -> None:
    assert client
    for _ in range(20):
        with connected(service) as connection:
            connection.sendall((HEAD + "Content-Length: 100\r\n\r\n{").encode())
    assert "http.failed" not in (ledger.logs / "api.log").read_text()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /v1/entries HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /v1/entries HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000,
        b"POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /v1/entries HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}",
        b"GET /v1/entries HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    ],
)
async def test_bytes_that_are_not_http_close_the_connection(
    client: httpx.AsyncClient, service: Running, request_bytes: bytes
) -> None:
    """The request never reaches the application, because the HTTP server itself answers."""
    assert client
    with connected(service) as connection:
        connection.sendall(request_bytes)
        answer = await asyncio.to_thread(heard, connection)
    assert answer.startswith(("HTTP/1.1 400", "HTTP/1.1 501"))

"""A service limits requests per person, or per IP address when a request has no valid token."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count

import httpx
import pytest
import pytest_asyncio

from buurtsein_chassis.auth import pseudonym
from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.issuer import claims, running_issuer, signed
from harness.ledger import Ledger, new_ledger
from harness.ledger_process import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")

KNOWN, ANONYMOUS = 20, 5


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_issuer() as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ledger(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path_factory.mktemp("logs")) as fresh:
        yield fresh


def start(ledger: Ledger, issuer: str, **settings: str) -> Running:
    limits = {"RATE_LIMIT_PER_MINUTE": str(KNOWN), "RATE_LIMIT_ANONYMOUS_PER_MINUTE": str(ANONYMOUS)}
    everything = limits | {"OIDC_ISSUER": issuer} | settings
    return ledger.start("api", env={f"LEDGER_{name}": value for name, value in everything.items()}).ready()


@pytest.fixture(scope="module")
def service(ledger: Ledger, issuer: str) -> Iterator[Running]:
    running = start(ledger, issuer)
    yield running
    running.kill()


@dataclass(frozen=True)
class Host:
    """A machine with an address of its own, from which no service got a request before."""

    address: str

    def client(self, service: Running, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(local_address=self.address)
        return httpx.AsyncClient(base_url=service.url, headers=headers, transport=transport, timeout=10)

    async def accepted(self, service: Running, times: int, **headers: str) -> tuple[int, httpx.Response]:
        """Send this number of requests; return how many the service accepted, and the last response."""
        body = {"network_id": str(uuid7()), "number": 1}
        async with self.client(service, {name.replace("_", "-"): value for name, value in headers.items()}) as client:
            answers = [await client.post("/v1/entries", json=body) for _ in range(times)]
        return sum(answer.status_code != 429 for answer in answers), answers[-1]


_numbers = count(2)


@pytest.fixture
def host() -> Host:
    return Host(f"127.0.1.{next(_numbers)}")


def bearer(issuer: str, subject: str) -> str:
    return f"Bearer {signed(claims(issuer, sub=subject))}"


async def test_requests_without_a_token_have_a_lower_limit_and_get_retry_after(host: Host, service: Running) -> None:
    let_through, last = await host.accepted(service, ANONYMOUS + 3)
    assert ANONYMOUS <= let_through <= ANONYMOUS + 1
    assert (last.status_code, last.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(last.headers["Retry-After"]) <= 60 / ANONYMOUS
    assert last.headers["content-type"] == "application/problem+json"


async def test_each_person_has_a_limit_of_their_own(host: Host, service: Running, issuer: str) -> None:
    let_through, last = await host.accepted(service, KNOWN + 5, Authorization=bearer(issuer, "an"))
    assert KNOWN <= let_through <= KNOWN + 2
    assert (last.status_code, last.json()["code"]) == (429, "too_many_requests")
    other, _ = await host.accepted(service, 5, Authorization=bearer(issuer, "bert"))
    assert other == 5
    assert (await host.accepted(service, 1))[0] == 1


async def test_an_invalid_token_counts_as_no_token(host: Host, service: Running) -> None:
    let_through, _ = await host.accepted(service, ANONYMOUS + 3, Authorization="Bearer not.a.token")
    assert ANONYMOUS <= let_through <= ANONYMOUS + 1
    assert (await host.accepted(service, 1))[0] == 0


REFUSED: dict[str, tuple[dict[str, str], bytes]] = {
    "a body that is no JSON": ({"Content-Type": "application/json"}, b"[" * 60_000),
    "a body of another kind": ({"Content-Type": "text/plain"}, b"x"),
    "a body that is too large": ({"Content-Type": "application/json"}, b" " * 70_000),
    "headers that are too long": ({"X-Long": "x" * 17_000}, b""),
}


@pytest.mark.parametrize(("headers", "body"), REFUSED.values(), ids=REFUSED)
async def test_requests_that_are_refused_before_a_route_count_too(
    host: Host, service: Running, headers: dict[str, str], body: bytes
) -> None:
    async with host.client(service, headers) as client:
        answers = [await client.post("/v1/entries", content=body) for _ in range(ANONYMOUS + 3)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[-1] == 429
    assert ANONYMOUS <= sum(status != 429 for status in statuses) <= ANONYMOUS + 1


@pytest.mark.parametrize("path", ["/health/live", "/V1/entries", "//v1/entries", "/nowhere"])
async def test_a_request_with_a_body_outside_the_prefix_counts_too(host: Host, service: Running, path: str) -> None:
    async with host.client(service) as client:
        answers = [await client.post(path, json={}) for _ in range(ANONYMOUS + 3)]
        probe = await client.get("/health/live")
    assert (answers[-1].status_code, probe.status_code) == (429, 200)


async def test_a_refused_request_counts_for_the_person_who_sent_it(host: Host, service: Running, issuer: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": bearer(issuer, "cas")}
    async with host.client(service, headers) as client:
        answers = [await client.post("/v1/entries", content=b"{") for _ in range(KNOWN + 5)]
    assert (answers[0].status_code, answers[-1].status_code) == (400, 429)
    assert (await host.accepted(service, 1))[0] == 1


async def test_an_unknown_path_counts_too(host: Host, service: Running) -> None:
    async with host.client(service) as client:
        answers = [await client.get(f"/v1/{number}") for number in range(ANONYMOUS + 3)]
    assert (answers[0].status_code, answers[-1].status_code) == (404, 429)


async def test_a_forwarded_address_from_a_client_is_ignored(host: Host, service: Running) -> None:
    tries = [await host.accepted(service, 1, X_Forwarded_For=f"192.0.2.{n}") for n in range(ANONYMOUS + 5)]
    assert sum(let_through for let_through, _ in tries) <= ANONYMOUS + 1


async def test_a_forwarded_address_from_a_trusted_proxy_is_used(host: Host, ledger: Ledger, issuer: str) -> None:
    running = start(ledger, issuer, TRUSTED_PROXIES=host.address)
    let_through = [(await host.accepted(running, 1, X_Forwarded_For=f"192.0.2.{n}"))[0] for n in range(ANONYMOUS + 5)]
    assert sum(let_through) == ANONYMOUS + 5
    running.kill()


async def test_a_stored_response_does_not_show_its_caller(
    host: Host, service: Running, ledger: Ledger, issuer: str
) -> None:
    body = {"network_id": str(uuid7()), "number": 1}
    answers = []
    async with host.client(service) as client:
        for person, key in (("dirk", "first"), ("dirk", "second"), ("els", "first"), ("dirk", "first")):
            headers = {"Idempotency-Key": key, "Authorization": bearer(issuer, person)}
            answers.append(await client.post("/v1/entries", json=body, headers=headers))
    assert ["Idempotent-Replayed" in answer.headers for answer in answers] == [False, False, False, True]
    kept = [str(tuple(row)) for row in await ledger.connection.fetch("select * from idempotency")]
    clients = {row["client"] for row in await ledger.connection.fetch("select client from idempotency")}
    assert len(clients) == 3
    pseudonyms = [pseudonym("k" * 32, issuer, person) for person in ("dirk", "els")]
    assert not [row for row in kept for name in pseudonyms if name in row]


async def test_probes_and_scrapes_are_never_refused(host: Host, service: Running) -> None:
    await host.accepted(service, ANONYMOUS + 3)
    async with host.client(service) as client:
        for path in ("/health/live", "/health/ready", "/metrics", "/openapi.json"):
            assert {(await client.get(path)).status_code for _ in range(ANONYMOUS + 3)} == {200}

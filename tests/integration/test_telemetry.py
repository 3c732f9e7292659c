"""A trace covers the request, the outbox, the broker and the effect; with tracing off there is no trace."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from buurtsein_chassis import telemetry
from buurtsein_chassis.composition import build_app
from buurtsein_chassis.tasks import Role
from buurtsein_contracts import parse, uuid7
from buurtsein_stack.home import free_port
from buurtsein_stack.servers import RunningServers
from harness.kafka import access, all_records
from harness.ledger import Ledger, new_ledger
from harness.ledger_service import Settings, compose
from harness.waiting import wait_until

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.use(provider)
    yield exporter
    telemetry.use(None)


@pytest.fixture
async def url(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Yield the address of the ledger (test service), whose three roles run in the test process."""
    port = free_port()
    for name, value in ledger._settings(port).items():
        monkeypatch.setenv(name, value)
    app = build_app(compose(Settings()), frozenset(Role))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve())
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def post(url: str, network: str, **headers: str) -> None:
    async def done() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                body = {"network_id": network, "number": 1}
                return (await client.post(f"{url}/v1/entries", json=body, headers=headers)).status_code == 201
        except httpx.TransportError:
            return False

    await wait_until("the request", done)


async def spans_of(exported: InMemorySpanExporter, network: str, ledger: Ledger) -> dict[str, ReadableSpan]:
    """Return the finished spans of the trace in which an event was recorded, by the first word of the span's name."""
    found: dict[str, ReadableSpan] = {}

    async def complete() -> bool:
        parent = await ledger.connection.fetchval("select traceparent from event_log where key = $1", network)
        ours = [s for s in exported.get_finished_spans() if s.context and f"{s.context.trace_id:032x}" in str(parent)]
        found.update({span.name.split()[0]: span for span in ours})
        return {"POST", "publish", "apply"} <= found.keys()

    await wait_until("three spans", complete, 40)
    return found


def is_child(child: ReadableSpan, parent: ReadableSpan) -> bool:
    return bool(child.parent and parent.context and child.parent.span_id == parent.context.span_id)


async def test_one_trace_from_request_to_effect(exported: InMemorySpanExporter, url: str, ledger: Ledger) -> None:
    network = str(uuid7())
    await post(url, network, traceparent=CALLER)

    spans = await spans_of(exported, network, ledger)

    assert {f"{span.context.trace_id:032x}" for span in spans.values() if span.context} == {CALLER.split("-")[1]}
    request, publication, effect = spans["POST"], spans["publish"], spans["apply"]
    assert (request.name, publication.name) == ("POST /v1/entries", "publish bin.networks")
    assert effect.name == "apply be.bin.network.be-alert-joined.v1"
    assert is_child(publication, request)
    assert is_child(effect, publication)
    assert network not in str([span.attributes for span in spans.values()])


async def test_a_request_without_a_token_begins_its_own_trace(
    exported: InMemorySpanExporter, url: str, ledger: Ledger
) -> None:
    network = str(uuid7())
    await post(url, network, traceparent="00-malformed")
    assert (await spans_of(exported, network, ledger))["POST"].parent is None


async def test_events_carry_a_traceparent_also_when_traces_are_off(
    url: str, ledger: Ledger, servers: RunningServers
) -> None:
    network = str(uuid7())
    await post(url, network, traceparent=CALLER)
    await ledger.wait_until_applied(1)
    records = await all_records(access(servers), "bin.networks")
    [event] = [parse(r.headers, r.value) for r in records if r.key == network.encode()]
    assert event.traceparent == CALLER


def test_tracing_that_is_off_takes_almost_no_time() -> None:
    """While tracing is off, a call for tracing takes far less than a thousandth of the time that an event takes."""
    started = time.process_time()
    for _ in range(100_000):
        telemetry.publishing("bin.networks", CALLER)
    assert time.process_time() - started < 0.5

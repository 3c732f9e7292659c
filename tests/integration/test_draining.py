"""After SIGTERM a process drains: it reports that it is not ready, still answers for a while, and then exits."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.ledger import Ledger, new_ledger
from harness.ledger_process import Running
from harness.waiting import wait_until

DONE = {0, -signal.SIGTERM}
INTERRUPTED = 130
"""The exit status of a program that was ended with Ctrl-C."""


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


async def written(service: Running) -> httpx.Response:
    async with httpx.AsyncClient(base_url=service.url, timeout=20) as client:
        return await client.post("/v1/entries", json={"network_id": str(uuid7()), "number": 1})


async def leaving(service: Running) -> bool:
    """Return whether the process reports that it is draining, as a load balancer sees it."""
    said = await asyncio.to_thread(service.health)
    return said.get("failing") == ["draining"]


async def closed(service: Running) -> bool:
    """Return whether the process accepts no more connections on its HTTP port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", service.port)
    except OSError:
        return True
    writer.close()
    return False


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_after_sigterm_the_process_is_not_ready_and_answers_until_a_second_signal(
    ledger: Ledger, second: signal.Signals
) -> None:
    service = await ledger.up("api", env={"LEDGER_DRAIN_SECONDS": "60"})
    service.process.send_signal(signal.SIGTERM)
    await wait_until("it says that it leaves", lambda: leaving(service))
    answer = await written(service)
    assert (answer.status_code, answer.headers["Connection"]) == (201, "close")
    assert await asyncio.to_thread(service.is_live)
    service.process.send_signal(second)
    assert await asyncio.to_thread(service.exit_code) in {*DONE, INTERRUPTED}


async def test_without_draining_a_load_balancer_sends_to_a_closed_port(ledger: Ledger) -> None:
    """A process that does not drain closes its port at SIGTERM, while the load balancer still sends requests to it."""
    service = await ledger.up("api", env={"LEDGER_DRAIN_SECONDS": "0"})
    service.process.send_signal(signal.SIGTERM)
    await wait_until("the listener is closed", lambda: closed(service))
    with pytest.raises(httpx.ConnectError):
        await written(service)


async def test_the_process_ends_after_the_drain_time(ledger: Ledger) -> None:
    service = await ledger.up("api", env={"LEDGER_DRAIN_SECONDS": "1"})
    service.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(service.exit_code) in DONE


@pytest.mark.parametrize("drain", ["0", "0.5"])
async def test_a_running_request_is_answered(ledger: Ledger, drain: str) -> None:
    service = await ledger.up("api", env={"LEDGER_DRAIN_SECONDS": drain})
    async with ledger.connection.transaction():
        await ledger.connection.execute("lock table entry in access exclusive mode")
        running = asyncio.create_task(written(service))
        waiting = "select count(*) from pg_locks where not granted and relation = 'entry'::regclass"

        async def waits() -> bool:
            return bool(await ledger.connection.fetchval(waiting))

        await wait_until("the request waits", waits)
        service.process.send_signal(signal.SIGTERM)
        await wait_until("the listener is closed", lambda: closed(service))
    assert (await running).status_code == 201
    assert await asyncio.to_thread(service.exit_code) in DONE


async def test_a_process_without_an_api_does_not_wait(ledger: Ledger) -> None:
    relay = await ledger.up("relay", env={"LEDGER_DRAIN_SECONDS": "600"})
    relay.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(relay.exit_code) in DONE

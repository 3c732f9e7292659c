"""Fault 16 with HAProxy, which checks each process for readiness every two seconds and never retries a request."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from buurtsein_stack.balancer import Balancer, Entrance
from buurtsein_stack.home import free_port
from harness.account import Account
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.load import load
from harness.tools import needs
from harness.waiting import wait_for, wait_until

pytestmark = [pytest.mark.thorough, needs("balancer")]

NAMES = ("one", "two")


@contextmanager
def balancing(processes: dict[str, Running], folder: Path) -> Iterator[tuple[Balancer, str]]:
    """Yield a running HAProxy in front of these processes, and the address for clients."""
    entrance = Entrance(free_port(), {name: running.port for name, running in processes.items()})
    balancer = Balancer({"ledger": entrance}, free_port())
    with (folder / "haproxy.log").open("wb") as log:
        haproxy = subprocess.Popen(balancer.argv(folder / "haproxy.cfg"), stdout=log, stderr=log)
    try:
        wait_for("HAProxy sends to both", lambda: balancer.ready().issuperset(NAMES))
        yield balancer, f"http://127.0.0.1:{entrance.port}"
    finally:
        haproxy.kill()
        haproxy.wait(10)


async def rolling_restart(
    ledger: Ledger, balancer: Balancer, processes: dict[str, Running], env: dict[str, str]
) -> None:
    """Restart one process after another; each time, wait until HAProxy sends requests to the new process."""
    for name in NAMES:
        old = processes[name]
        old.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(old.exit_code) in {0, -signal.SIGTERM}
        processes[name] = await ledger.up("api", env=env, port=old.port)

        async def back(name: str = name) -> bool:
            return name in await asyncio.to_thread(balancer.ready)

        await wait_until(f"HAProxy sends to {name}", back)


async def refused(ledger: Ledger, drain_seconds: int, folder: Path) -> tuple[int, int]:
    """Restart two processes one after the other under load; return the numbers of refused and of sent requests."""
    env = {"LEDGER_DRAIN_SECONDS": str(drain_seconds)}
    processes = {name: await ledger.up("api", env=env) for name in NAMES}
    with balancing(processes, folder) as (balancer, url):
        writer = load(ledger, url)
        await writer.during(rolling_restart(ledger, balancer, processes, env))
    assert writer.failures == 0
    sent = writer.statuses.total()
    return sent - writer.statuses[201], sent


async def test_16_behind_a_balancer_that_never_retries_no_request_is_refused(
    ledger: Ledger, account: Account, tmp_path: Path
) -> None:
    account.times = len(NAMES)
    lost, sent = await refused(ledger, 5, tmp_path)
    account.bound = f"{lost} of {sent} requests refused; none"
    assert lost == 0
    await ledger.up("relay", "worker")
    account.balance(await ledger.check())


async def test_16_behind_that_balancer_requests_are_refused_when_processes_do_not_drain(
    ledger: Ledger, account: Account, tmp_path: Path
) -> None:
    """HAProxy still sends requests to a stopping process that does not drain, so that some requests are refused."""
    lost, sent = await refused(ledger, 0, tmp_path)
    account.times, account.bound = len(NAMES), f"{lost} of {sent} requests refused; at least 1"
    assert 0 < lost < sent

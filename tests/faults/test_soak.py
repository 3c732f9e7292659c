"""Half an hour of load with random faults: nothing is lost, and memory, descriptors and tables stay as they were."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psutil
import pytest

from buurtsein_deploy.processes import stop
from buurtsein_deploy.servers import Servers
from harness.account import Account
from harness.ledger import Ledger, Running
from harness.load import Load

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
WARM_SHARE = 1 / 6
"""Of the time: what grows before that is warming up."""
GROWTH = 1.05
BATCH = 20
SMALL = 1_000
"""Rows: what the queues of outbox and parking may hold when all is done, with room to spare."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The process that is never killed, at one moment."""

    seconds: float
    memory: int
    descriptors: int


def sample(running: Running, begun: float) -> Sample:
    process = psutil.Process(running.process.pid)
    return Sample(time.monotonic() - begun, process.memory_info().rss, process.num_fds())


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_soak(ledger: Ledger, machine: Servers, account: Account, seed: int) -> None:
    dice = random.Random(seed)
    api = await ledger.up("api")
    parts = {role: await ledger.up(role) for role in ("relay", "worker")}
    begun, samples, account.times = time.monotonic(), list[Sample](), 0
    writer = Load(ledger, lambda: [api.url], streams=50)

    async def kill_one() -> None:
        role = dice.choice(sorted(parts))
        await asyncio.to_thread(parts[role].kill)
        parts[role] = await ledger.up(role)

    async def restart_kafka() -> None:
        kafka = machine.kafka.process()
        assert kafka
        await asyncio.to_thread(stop, [kafka])
        await asyncio.to_thread(machine.kafka.start)

    faults: list[Callable[[], Awaitable[None]]] = [kill_one, kill_one, kill_one, restart_kafka]
    number = 0
    while time.monotonic() - begun < MINUTES * 60:
        fault = asyncio.ensure_future(dice.choice(faults)())
        for _ in range(20):
            await asyncio.gather(*(writer.write(number + n) for n in range(BATCH)))
            number += BATCH
        await fault
        account.times += 1
        samples.append(sample(api, begun))
        print(f"{samples[-1].seconds:6.0f} s  {number:7} entries  {samples[-1].memory / 1e6:5.0f} MB")

    with account.recovery():
        await ledger.wait_until_applied(number, 120)
    account.balance(await ledger.check())
    warm = [one for one in samples if one.seconds > MINUTES * 60 * WARM_SHARE]
    assert warm[-1].memory <= warm[0].memory * GROWTH
    assert warm[-1].descriptors <= warm[0].descriptors + 10
    assert await ledger.count("outbox_pending") == 0
    assert await ledger.count("parked") < SMALL

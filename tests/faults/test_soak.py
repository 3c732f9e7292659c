"""Fault 38: half an hour of random faults under load. Nothing is lost; memory, descriptors and rows do not grow.

The test measures an API process, and a process with relay and worker, which it never kills. It kills other processes
of the same kinds.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil
import pytest

from buurtsein_stack.processes import stop
from buurtsein_stack.servers import Servers
from harness.account import Account
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.load import Load

SECONDS = float(os.environ.get("SOAK_MINUTES", "30")) * 60
WARM_SHARE = 1 / 6
"""The part of the run that counts as warming up; growth during it is ignored."""
GROWTH = 1.05
DESCRIPTORS = 10
ROW_GROWTH = 1.1
EMPTY_BYTES = 1_000_000
"""The size that an empty queue may keep on disk, after some thousands of rows came and went."""
BATCH, BATCHES = 20, 20
GROWING, QUEUES = ("event_log", "inbox"), ("outbox_pending", "parked")


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory and the number of file descriptors that a process uses at one moment."""

    memory: int
    descriptors: int


def sample(running: Running) -> Sample:
    process = psutil.Process(running.process.pid)
    return Sample(process.memory_info().rss, process.num_fds())


async def bytes_per_row(ledger: Ledger) -> dict[str, float]:
    """Return the bytes per row, including indexes, of those tables that only grow."""
    return {table: await _size(ledger, table) / max(1, await ledger.count(table)) for table in GROWING}


async def _size(ledger: Ledger, table: str) -> int:
    await ledger.connection.execute(f"vacuum {table}")
    return int(await ledger.connection.fetchval("select pg_total_relation_size($1::regclass)", table))


@dataclass
class Fate:
    """Stops or kills a random server or service process, and starts it again."""

    ledger: Ledger
    machine: Servers
    dice: random.Random
    mortals: dict[str, Running]

    async def strikes(self) -> str:
        """Cause one random fault and return the name of its kind."""
        chosen = self.dice.choice([self.a_process, self.a_process, self.kafka, self.postgres])
        await chosen()
        return chosen.__name__

    async def a_process(self) -> None:
        role = self.dice.choice(sorted(self.mortals))
        await asyncio.to_thread(self.mortals[role].kill)
        self.mortals[role] = await self.ledger.up(role)

    async def kafka(self) -> None:
        kafka = self.machine.kafka.process()
        assert kafka
        await asyncio.to_thread(stop, [kafka])
        await asyncio.to_thread(self.machine.kafka.start)

    async def postgres(self) -> None:
        postgres = self.machine.postgres.process()
        assert postgres
        await asyncio.to_thread(stop, [postgres], signal.SIGQUIT)
        await asyncio.to_thread(self.machine.postgres.start)
        await self.ledger.reconnect()


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_38_half_an_hour_of_random_faults(ledger: Ledger, machine: Servers, account: Account, seed: int) -> None:
    measured = {"api": await ledger.up("api"), "others": await ledger.up("relay", "worker")}
    fate = Fate(ledger, machine, random.Random(seed), {role: await ledger.up(role) for role in ("relay", "worker")})
    writer = Load(ledger, lambda: [measured["api"].url], streams=50)
    begun, account.times, number = time.monotonic(), 0, 0
    warm: dict[str, Sample] = {}
    small: dict[str, float] = {}
    while (passed := time.monotonic() - begun) < SECONDS or not warm:
        if passed > SECONDS * WARM_SHARE and not warm:
            warm, small = _samples(measured), await bytes_per_row(ledger)
        struck = asyncio.ensure_future(fate.strikes())
        await _written(writer, number)
        number += BATCH * BATCHES
        account.times += 1
        print(f"{passed:6.0f} s  {number:7} entries  {await struck:10} {_told(_samples(measured))}")

    with account.recovery():
        await ledger.wait_until_applied(number, 120)
    account.balance(await ledger.check())
    assert await ledger.count("parked") == await ledger.count("dead_letter") == 0
    _same(warm, _samples(measured))
    grown = await bytes_per_row(ledger)
    assert all(grown[table] <= small[table] * ROW_GROWTH for table in GROWING), (small, grown)
    kept = {table: await _size(ledger, table) for table in QUEUES}
    assert max(kept.values()) <= EMPTY_BYTES, kept


async def _written(writer: Load, first: int) -> None:
    for start in range(first, first + BATCH * BATCHES, BATCH):
        await asyncio.gather(*(writer.write(start + n) for n in range(BATCH)))


def _samples(measured: Mapping[str, Running]) -> dict[str, Sample]:
    return {name: sample(running) for name, running in measured.items()}


def _told(samples: Mapping[str, Sample]) -> str:
    return "  ".join(f"{name} {one.memory / 1e6:.0f} MB {one.descriptors} fds" for name, one in samples.items())


def _same(before: Mapping[str, Sample], after: Mapping[str, Sample]) -> None:
    for name, one in before.items():
        assert after[name].memory <= one.memory * GROWTH, (name, one, after[name])
        assert after[name].descriptors <= one.descriptors + DESCRIPTORS, (name, one, after[name])

"""Measures an event's path (HTTP, commit, relay, Kafka, consumer) in real processes of a test service, the ledger."""

import asyncio
import itertools
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import quantiles

import psutil

from bench.http import entry_body, fire, post, steadily
from bench.measure import Reading, interleaved
from buurtsein_contracts import uuid7
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.waiting import wait_until

BURST = 1600
BACKLOG = 16_000
LATENCY_SECONDS = 8
IDLE_SECONDS = 10
AT_ONCE = {"LEDGER_AT_ONCE": "true"}
"""Makes the ledger apply a whole batch at once, as a projection does."""


def streams(number: int) -> Iterator[str]:
    """Return an endless iterator that repeats the keys of this many streams."""
    return itertools.cycle([str(uuid7()) for _ in range(number)])


@contextmanager
def standing_still(*running: Running) -> Iterator[None]:
    """Stop these processes with SIGSTOP during the `with` block, so that they use no CPU."""
    for one_of_them in running:
        one_of_them.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for one_of_them in running:
            one_of_them.process.send_signal(signal.SIGCONT)


def cpu_of(*running: Running) -> float:
    """Return the seconds of CPU that these processes have used together."""
    times = [psutil.Process(one_of_them.process.pid).cpu_times() for one_of_them in running]
    return sum(t.user + t.system for t in times)


class SystemBench:
    """Measures the path of an event from the HTTP request to the effect, in one ledger (a test service)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._keys = streams(200)

    async def _applied(self, number: int) -> None:
        """Wait until the table of effects has this many rows."""

        async def enough() -> bool:
            return await self._ledger.count("applied") >= number

        await wait_until(f"{number} effects", enough, 120)

    async def posts(self) -> dict[str, list[Reading]]:
        """Measure requests that change nothing, requests that commit without relay and worker, and complete bursts.

        The first measures the CPU of the API process, the last that of API, relay and worker together.
        """
        api, *others = parts = [await self._ledger.up(role, env=AT_ONCE) for role in ("api", "relay", "worker")]
        entries = post(api.url, "/v1/entries", entry_body(self._keys))
        nothing = post(api.url, "/v1/nothing", entry_body(self._keys))

        async def without() -> Reading:
            before = cpu_of(api)
            reading = await fire(api.url, nothing, BURST)
            return Reading(reading.number, reading.wall, cpu_of(api) - before)

        async def with_commit() -> Reading:
            with standing_still(*others):
                return await fire(api.url, entries, BURST)

        async def burst() -> Reading:
            done = await self._everything_applied()
            before, begun = cpu_of(*parts), time.perf_counter()
            await fire(api.url, entries, BURST)
            await self._applied(done + BURST)
            return Reading(BURST, time.perf_counter() - begun, cpu_of(*parts) - before)

        readings = await interleaved({"nothing": without, "commit": with_commit, "burst": burst})
        await self._end(parts)
        return readings

    async def _everything_applied(self) -> int:
        done = await self._ledger.count("event_log")
        await self._applied(done)
        return done

    async def _end(self, parts: Sequence[Running]) -> None:
        for part in parts:
            part.kill()

    async def catch_up(self) -> float:
        """Return events per second, from the relay's first acknowledgement of a backlog to the last applied event."""
        api = await self._ledger.up("api")
        await fire(api.url, post(api.url, "/v1/entries", entry_body(self._keys)), BACKLOG)
        worker = await self._ledger.up("worker", env=AT_ONCE)
        backlog = await self._ledger.count("outbox_pending")
        relay = self._ledger.start("relay")
        await self._fewer_pending_than(backlog)
        begun = time.perf_counter()
        await self._everything_applied()
        rate = backlog / (time.perf_counter() - begun)
        await self._end((api, worker, relay))
        return rate

    async def _fewer_pending_than(self, backlog: int) -> int:
        """Wait until the outbox has fewer than this many pending rows; return the number of rows then."""
        while (left := await self._ledger.count("outbox_pending")) >= backlog:
            pass
        return left

    async def latency(self, rate: float) -> tuple[float, float]:
        """Return median and 99th percentile of the milliseconds from accepted to applied, at a steady rate."""
        parts = [await self._ledger.up(role, env=AT_ONCE) for role in ("api", "relay", "worker")]
        request = post(parts[0].url, "/v1/entries", entry_body(self._keys))
        first = await self._ledger.connection.fetchval("select coalesce(max(id), 0) from event_log")
        await steadily(parts[0].url, request, rate, LATENCY_SECONDS)
        await self._everything_applied()
        rows = await self._ledger.connection.fetch(
            """select extract(epoch from a.applied_at - l.occurred_at) * 1000 as ms
               from event_log l join applied a using (event_id) where l.id > $1""",
            first,
        )
        await self._end(parts)
        cuts = quantiles([float(row["ms"]) for row in rows], n=100)
        return cuts[49], cuts[98]

    async def idle(self) -> dict[str, float]:
        """Return the share of one CPU core that each process uses while nothing happens."""
        parts = {role: await self._ledger.up(role, env=AT_ONCE) for role in ("api", "relay", "worker")}
        await asyncio.sleep(3)
        before = {role: cpu_of(part) for role, part in parts.items()}
        await asyncio.sleep(IDLE_SECONDS)
        shares = {role: (cpu_of(part) - before[role]) / IDLE_SECONDS for role, part in parts.items()}
        await self._end([*parts.values()])
        return shares

    async def resent_after_kill(self) -> int:
        """Return how many events are on the topic twice after the relay was killed while it published a backlog."""
        for size in (BURST, 4 * BURST, 16 * BURST):
            before = await self._ledger.published()
            backlog, left = await self._killed_while_publishing(size)
            heir = await self._ledger.up("relay", "worker", env=AT_ONCE)
            await self._everything_applied()
            heir.kill()
            if left:
                return (await self._ledger.published() - before).total() - backlog
        raise AssertionError("the relay was always through before it was killed")

    async def _killed_while_publishing(self, size: int) -> tuple[int, int]:
        """Kill the relay while it publishes; return the number of outbox rows before and after."""
        api = await self._ledger.up("api")
        await fire(api.url, post(api.url, "/v1/entries", entry_body(self._keys)), size)
        api.kill()
        backlog = await self._ledger.count("outbox_pending")
        relay = self._ledger.start("relay")
        await self._fewer_pending_than(backlog)
        relay.kill()
        return backlog, await self._ledger.count("outbox_pending")

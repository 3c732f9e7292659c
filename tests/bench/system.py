"""The whole way: HTTP, commit, relay, Kafka, consumer, in real processes of the ledger service."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from statistics import quantiles

import psutil

from bench.http import entry_body, fire, one, post
from bench.measure import Reading, interleaved
from buurtsein_contracts import uuid7
from harness.ledger import Ledger, Running
from harness.waiting import wait_until

BURST = 1600
LATENCY_SECONDS = 12
IDLE_SECONDS = 10
AT_ONCE = {"LEDGER_AT_ONCE": "true"}
"""The ledger's effect is a projection, which can be applied for a batch at once."""


def streams(number: int) -> Iterator[str]:
    """Keys in turn."""
    return itertools.cycle([str(uuid7()) for _ in range(number)])


def cpu_of(*running: Running) -> float:
    """Seconds of CPU that processes have used."""
    times = [psutil.Process(one_of_them.process.pid).cpu_times() for one_of_them in running]
    return sum(t.user + t.system for t in times)


class SystemBench:
    """Bars of the whole way, on one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._keys = streams(200)

    async def _applied(self, number: int) -> None:
        """Wait for so many effects, cheaply: the topic holds nobody else's events."""

        async def enough() -> bool:
            return await self._ledger.count("applied") >= number

        await wait_until(f"{number} effects", enough, 120)

    async def posts(self) -> dict[str, list[Reading]]:
        """A POST that commits, and one that does nothing, on one API process."""
        api = await self._ledger.up("api")
        entries = post(api.url, "/v1/entries", entry_body(self._keys))
        nothing = post(api.url, "/v1/nothing", entry_body(self._keys))

        async def with_commit() -> Reading:
            return await fire(api.url, entries, BURST)

        async def without() -> Reading:
            before = cpu_of(api)
            reading = await fire(api.url, nothing, BURST)
            return Reading(reading.number, reading.wall, cpu_of(api) - before)

        readings = await interleaved({"commit": with_commit, "nothing": without})
        api.kill()
        return readings

    async def catch_up(self) -> float:
        """Events a second, from relay and worker being ready with a backlog to the last effect."""
        backlog = await self._ledger.count("outbox_pending")
        applied = await self._ledger.count("applied")
        relay, worker = await self._ledger.up("relay"), await self._ledger.up("worker", env=AT_ONCE)
        begun = time.perf_counter()
        await self._applied(applied + backlog)
        rate = backlog / (time.perf_counter() - begun)
        relay.kill()
        worker.kill()
        return rate

    async def end_to_end(self) -> list[Reading]:
        """Bursts through three processes; CPU is that of all three."""
        parts = [await self._ledger.up(role, env=AT_ONCE) for role in ("api", "relay", "worker")]
        entries = post(parts[0].url, "/v1/entries", entry_body(self._keys))

        async def burst() -> Reading:
            done = await self._ledger.count("event_log")
            await self._applied(done)
            before, begun = cpu_of(*parts), time.perf_counter()
            await fire(parts[0].url, entries, BURST)
            await self._applied(done + BURST)
            return Reading(BURST, time.perf_counter() - begun, cpu_of(*parts) - before)

        readings = await interleaved({"burst": burst})
        for part in parts:
            part.kill()
        return readings["burst"]

    async def latency(self, rate: float) -> tuple[float, float]:
        """p50 and p99 in milliseconds from accepted to visible, at a steady rate."""
        parts = [await self._ledger.up(role, env=AT_ONCE) for role in ("api", "relay", "worker")]
        request = post(parts[0].url, "/v1/entries", entry_body(self._keys))
        first = await self._ledger.connection.fetchval("select coalesce(max(id), 0) from event_log")
        pairs = [await asyncio.open_connection("127.0.0.1", parts[0].port) for _ in range(8)]
        ends = time.perf_counter() + LATENCY_SECONDS
        waiting = set()
        for turn in itertools.count():
            if time.perf_counter() > ends:
                break
            waiting.add(asyncio.ensure_future(one(*pairs[turn % 8], request())))
            await asyncio.sleep(1 / rate)
            if turn % 8 == 7:
                await asyncio.gather(*waiting)
                waiting.clear()
        await asyncio.gather(*waiting)
        await self._applied(await self._ledger.count("event_log"))
        rows = await self._ledger.connection.fetch(
            """select extract(epoch from a.applied_at - l.occurred_at) * 1000 as ms
               from event_log l join applied a using (event_id) where l.id > $1""",
            first,
        )
        for part in parts:
            part.kill()
        cuts = quantiles([float(row["ms"]) for row in rows], n=100)
        return cuts[49], cuts[98]

    async def idle(self) -> dict[str, float]:
        """Share of a core that each process uses when nothing happens."""
        parts = {role: await self._ledger.up(role, env=AT_ONCE) for role in ("api", "relay", "worker")}
        await asyncio.sleep(3)
        before = {role: cpu_of(part) for role, part in parts.items()}
        await asyncio.sleep(IDLE_SECONDS)
        shares = {role: (cpu_of(part) - before[role]) / IDLE_SECONDS for role, part in parts.items()}
        for part in parts.values():
            part.kill()
        return shares

    async def resent_after_kill(self) -> int:
        """How many events are on the topic twice after the relay was killed while it published a backlog."""
        api = await self._ledger.up("api")
        await fire(api.url, post(api.url, "/v1/entries", entry_body(self._keys)), BURST)
        api.kill()
        before = await self._ledger.published()
        relay = self._ledger.start("relay")
        backlog = await self._ledger.count("outbox_pending")
        while await self._ledger.count("outbox_pending") in {backlog, 0}:
            if not await self._ledger.count("outbox_pending"):
                break
        relay.kill()
        heir = await self._ledger.up("relay", "worker", env=AT_ONCE)
        await self._applied(await self._ledger.count("event_log"))
        heir.kill()
        after = await self._ledger.published()
        return (after - before).total() - backlog

"""`make bench`: every bar against its calibration in one run; exit 1 when one falls short."""

import asyncio
import json
import logging
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import structlog
from rich.console import Console
from rich.table import Table

from bench.growth import growth
from bench.instead import consumer_instead, outbox_instead
from bench.judging import judging
from bench.measure import cpu_each, interleaved, rate
from bench.stages import CommandBench, ConsumerBench, RelayBench, bench_database
from bench.system import SystemBench
from buurtsein_stack.home import Home
from buurtsein_stack.servers import RunningServers, Servers
from harness.ledger import Ledger, new_ledger

EVENTS = 10_000
LATENCY_RUNS = CATCH_UP_RUNS = KILL_RUNS = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One ratio: what is ours, what it is held against, and what is wanted."""

    name: str
    ours: float
    calibration: float
    wanted: float
    at_most: bool = False

    @property
    def ratio(self) -> float:
        """Ours by its calibration."""
        return self.ours / self.calibration

    @property
    def reached(self) -> bool:
        """Whether the ratio is on the right side."""
        return self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted


async def stage_bars(servers: RunningServers) -> list[Bar]:
    """Relay, consumer and command, each beside a bare one."""
    async with bench_database(servers) as where:
        relay, consumer, command = (
            RelayBench(servers, where, EVENTS),
            ConsumerBench(where, EVENTS),
            CommandBench(where, 2400),
        )
        relays = await interleaved({"ours": relay.ours, "bare": relay.bare, "raw": relay.raw})
        consumers = await interleaved({"ours": consumer.ours, "bare": consumer.bare})
        commands = await interleaved({"ours": command.ours, "bare": command.bare})
    return [
        Bar("relay / raw produce", rate(relays["ours"]), rate(relays["raw"]), 0.70),
        Bar("relay / bare relay", rate(relays["ours"]), rate(relays["bare"]), 0.85),
        Bar("relay CPU / bare relay CPU", cpu_each(relays["ours"]), cpu_each(relays["bare"]), 1.3, at_most=True),
        Bar("consumer / bare batch", rate(consumers["ours"]), rate(consumers["bare"]), 0.30),
        Bar("command / bare CTE, 8 connections", rate(commands["ours"]), rate(commands["bare"]), 0.60),
    ]


async def system_bars(ledger: Ledger) -> list[Bar]:
    """The whole way."""
    system = SystemBench(ledger)
    posts = await system.posts()
    nothing, alone, burst = posts["nothing"], rate(posts["commit"]), rate(posts["burst"])
    latencies = [await system.latency(burst / 4) for _ in range(LATENCY_RUNS)]
    p50, p99 = (median(of_run) for of_run in zip(*latencies, strict=True))
    caught_up = median([await system.catch_up() for _ in range(CATCH_UP_RUNS)])
    idle = await system.idle()
    resent = max([await system.resent_after_kill() for _ in range(KILL_RUNS)])
    return [
        Bar("POST with commit / no-op POST", alone, rate(nothing), 0.40),
        Bar("end to end burst / POST alone", burst, alone, 0.60),
        Bar("CPU of an event / CPU of a no-op POST", cpu_each(posts["burst"]), cpu_each(nothing), 3.5, at_most=True),
        Bar("p99 / p50 accepted to visible, 25 % of burst", p99, p50, 4, at_most=True),
        Bar("p99 / 150 ms", p99, 150, 1, at_most=True),
        Bar("backlog catch-up / accept", caught_up, alone, 10),
        Bar("busiest idle process / a core", max(idle.values()), 1, 0.02, at_most=True),
        Bar("resent after kill -9 / a batch of 500", resent, 500, 1, at_most=True),
    ]


def table(bars: list[Bar]) -> Table:
    """For people."""
    shown = Table("bar", "ours", "calibration", "ratio", "wanted", "")
    for bar in bars:
        sign = "<=" if bar.at_most else ">="
        numbers = (f"{bar.ours:,.1f}", f"{bar.calibration:,.1f}", f"{bar.ratio:.2f}", f"{sign} {bar.wanted:g}")
        shown.add_row(bar.name, *numbers, "yes" if bar.reached else "[red]NO")
    return shown


async def run() -> list[Bar]:
    """All bars, on servers of their own."""
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder) / "home").start()
        try:
            async with new_ledger(servers, Path(folder)) as ledger:  # first, while the topics are empty
                bars = await system_bars(ledger)
            bars += await stage_bars(servers)
            bars += [Bar(*figures) for figures in await growth(servers)]
            bars += [Bar(*figures) for figures in await judging(servers)]
            async with bench_database(servers) as where:
                bars += [Bar(*figures) for figures in await outbox_instead(servers, where)]
                bars += [Bar(*figures) for figures in await consumer_instead(servers, where)]
        finally:
            servers.destroy()
    return bars


def main() -> int:
    """Run, print, save."""
    logging.disable(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    bars = asyncio.run(run())
    Console(width=110).print(table(bars))
    path = Home.default().path / "bench.json"
    path.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": sys.version.split()[0]}
    results = [asdict(bar) | {"ratio": bar.ratio, "reached": bar.reached} for bar in bars]
    path.write_text(json.dumps({"machine": machine, "bars": results}, indent=2) + "\n")
    return 0 if all(bar.reached for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())

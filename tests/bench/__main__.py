"""The command `make bench`: compares our code's speed with that of minimal programs, and checks the wanted ratios.

The exit status is 0 when all bars are reached, 1 when one is missed, and 3 when none is missed but the measurements of
one vary too much to tell.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import structlog
from rich.console import Console
from rich.table import Table

from bench import progress
from bench.alerting import alerting
from bench.bars import Bar, Verdict, cpu_bar, exit_status, rate_bar
from bench.commands import CommandBench
from bench.funding_lists import funding_lists
from bench.growth import growth
from bench.instead import consumer_instead, outbox_instead
from bench.judging import judging
from bench.lists import lists
from bench.measure import interleaved, rate
from bench.receipts import receipts
from bench.report_lists import report_lists
from bench.stages import ConsumerBench, RelayBench, bench_database
from bench.system import SystemBench
from buurtsein_stack.home import Home
from buurtsein_stack.servers import RunningServers, Servers
from harness.ledger import Ledger, new_ledger

EVENTS = 10_000
PROJECTION = 0.10
LATENCY_RUNS = CATCH_UP_RUNS = IDLE_RUNS = KILL_RUNS = 3
STYLES = {Verdict.MISSED: "[red]", Verdict.NOT_MEASURABLE: "[yellow]", Verdict.REACHED: ""}


async def stage_bars(servers: RunningServers) -> list[Bar]:
    """Measure relay, consumer and command handler, each beside a minimal program with the same effect."""
    async with bench_database(servers) as where:
        relay, consumer, command = (
            RelayBench(servers, where, EVENTS),
            ConsumerBench(where, EVENTS),
            CommandBench(where, 2400),
        )
        relays = await interleaved({"relay": relay.ours, "bare relay": relay.bare, "raw produce": relay.raw})
        consumers = await interleaved(
            {"consumer": consumer.ours, "projection": consumer.projection, "bare batch": consumer.bare}
        )
        commands = await interleaved({"command": command.ours, "bare transaction": command.bare})
    ours, bare = relays["relay"], relays["bare relay"]
    return [
        rate_bar("relay / raw produce", ours, relays["raw produce"], 0.70),
        rate_bar("relay / bare relay", ours, bare, 0.85),
        cpu_bar("relay CPU / bare relay CPU", ours, bare, 1.3),
        rate_bar("consumer / bare batch", consumers["consumer"], consumers["bare batch"], 0.30),
        rate_bar("projection of networks / bare batch", consumers["projection"], consumers["bare batch"], PROJECTION),
        rate_bar("command / bare transaction, 8 connections", commands["command"], commands["bare transaction"], 0.60),
    ]


async def system_bars(ledger: Ledger) -> list[Bar]:
    """Measure the time of an event from the HTTP request to its effect in a consumer, in real processes."""
    system = SystemBench(ledger)
    posts = await system.posts()
    nothing, alone, burst = posts["nothing"], posts["commit"], posts["burst"]
    a_quarter = rate(burst) / 4
    latencies = [await system.latency(a_quarter) for _ in range(LATENCY_RUNS)]
    p50, p99 = zip(*latencies, strict=True)
    caught_up = [await system.catch_up() for _ in range(CATCH_UP_RUNS)]
    idle = [max((await system.idle()).values()) for _ in range(IDLE_RUNS)]
    resent = [float(await system.resent_after_kill()) for _ in range(KILL_RUNS)]
    return [
        rate_bar("POST with commit / no-op POST", alone, nothing, 0.40),
        rate_bar("end to end burst / POST alone", burst, alone, 0.60),
        cpu_bar("CPU of an event / CPU of a no-op POST", burst, nothing, 3.5),
        Bar("p99 / p50 accepted to visible, 25 % of burst", p99, p50, 4, at_most=True),
        _against("p99 / 150 ms", p99, 150, 1),
        Bar("backlog catch-up / accept", caught_up, [rate(alone)] * CATCH_UP_RUNS, 10),
        _against("busiest idle process / a core", idle, 1, 0.02),
        _against("resent after kill -9 / a batch of 500", resent, 500, 1, worst=True),
    ]


def _against(name: str, ours: Sequence[float], fixed: float, wanted: float, *, worst: bool = False) -> Bar:
    """Return a bar (a limit to check) for a measured value and its fixed maximum."""
    return Bar(name, ours, [fixed] * len(ours), wanted, at_most=True, worst=worst)


def table(bars: Sequence[Bar]) -> Table:
    """Return the measured ratios and their limits (bars) as a table for people."""
    shown = Table("bar", "ours", "calibration", "ratio", "spread", "wanted", "")
    for bar in bars:
        ours, calibration = median(bar.ours), median(bar.calibration)
        numbers = (f"{ours:,.1f}", f"{calibration:,.1f}", f"{bar.ratio:.2f}", f"{bar.spread:.2f}")
        wanted = f"{'<=' if bar.at_most else '>='} {bar.wanted:g}"
        shown.add_row(bar.name, *numbers, wanted, f"{STYLES[bar.verdict]}{bar.verdict}")
    return shown


async def run() -> list[Bar]:
    """Measure all ratios (bars) on servers that are started for this run."""
    progress.begin("from a report to BE-Alert, on a stack")
    alerted = await alerting()
    with tempfile.TemporaryDirectory() as folder:
        progress.begin("starting servers")
        servers = Servers(Path(folder) / "home").start()
        try:
            progress.begin("the whole way, in processes of a service")
            # The whole path of an event is measured first, because this needs empty topics.
            async with new_ledger(servers, Path(folder)) as ledger:
                bars = alerted + await system_bars(ledger)
            progress.begin("relay, consumer, projection and command")
            bars += await stage_bars(servers)
            progress.begin("how an event's cost grows")
            bars += await growth(servers)
            progress.begin("judging reports")
            bars += await judging(servers)
            progress.begin("receipts of 5,000 networks")
            bars += await receipts(servers)
            progress.begin("lists of many networks")
            bars += await lists(servers)
            progress.begin("lists of many reports")
            bars += await report_lists(servers)
            progress.begin("lists of many applications for support")
            bars += await funding_lists(servers)
            progress.begin("what one would write or install instead")
            async with bench_database(servers) as where:
                bars += await outbox_instead(servers, where)
                bars += await consumer_instead(servers, where)
        finally:
            servers.destroy()
    return bars


def main() -> int:
    """Measure all ratios (bars), print the table, save the results, and return the exit status."""
    logging.disable(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    bars = asyncio.run(run())
    Console(width=120).print(table(bars))
    path = Home.default().path / "bench.json"
    path.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": sys.version.split()[0]}
    path.write_text(json.dumps({"machine": machine, "bars": [_written(bar) for bar in bars]}, indent=2) + "\n")
    return exit_status(bars)


def _written(bar: Bar) -> dict[str, object]:
    return {
        "name": bar.name,
        "ours": median(bar.ours),
        "calibration": median(bar.calibration),
        "ratio": bar.ratio,
        "spread": bar.spread,
        "rounds": bar.rounds,
        "wanted": bar.wanted,
        "at_most": bar.at_most,
        "verdict": bar.verdict,
    }


if __name__ == "__main__":
    sys.exit(main())

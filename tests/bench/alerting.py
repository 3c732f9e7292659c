"""Measures the time from an accepted report to its alert at BE-Alert, when an automatic rule releases the alert."""

import asyncio
import itertools
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from statistics import quantiles

import asyncpg

from bench.bars import Bar
from bench.http import post, steadily
from buurtsein_stack.stack import Stack
from harness.town import METRE_EAST, METRE_NORTH, Town
from harness.waiting import wait_until

RATE, SECONDS, RUNS = 20, 8, 3
ONE_IN = 5
"""One report in so many asks for an alert; the others are of a category without a rule."""
LONGEST_MS = 150
APART = 17
"""Metres between two burglaries, so that no rule groups them and each gets an alert of its own."""
RULE_ID = 'id = "inbrakenreeks"'
SENT = """select extract(epoch from s.occurred_at) as at, p.data -> 'report_ids' ->> 0 as report_id
    from event_log s join event_log p on p.key = s.key and p.type = 'be.bin.alert.proposed.v1'
    where s.type = 'be.bin.alert.sent.v1'"""
ACCEPTED = """select extract(epoch from occurred_at) as at, key from event_log
    where type = 'be.bin.incident.reported.v1' and topic = 'bin.incidents' and data ->> 'category' = 'inbraak'"""


async def alerting() -> list[Bar]:
    """Return the bar for the time from an accepted report to its alert at the peer, measured on a stack of its own."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.toml"
        rules.write_text(_automatic((files("buurtsein_notifier") / "rules.toml").read_text()))
        env = {"NOTIFIER_RULES_FILE": str(rules), "REPORTS_RATE_LIMIT_ANONYMOUS_PER_MINUTE": "1000000"}
        stack = Stack(Path(folder) / "stack", split=("reports", "notifier"), env=env)
        await asyncio.to_thread(stack.up)
        try:
            slowest = await _measured(await asyncio.to_thread(Town, stack))
        finally:
            await asyncio.to_thread(stack.reset)
    name = f"p99 from report to BE-Alert at {RATE} reports a second / {LONGEST_MS} ms"
    return [Bar(name, slowest, [LONGEST_MS] * RUNS, 1, at_most=True)]


def _automatic(shipped: str) -> str:
    """Return the shipped rules with a rule for burglaries that proposes and releases an alert for each report.

    Budgets of alerts are as high as they can be.
    """
    head, of_burglaries, *others = re.sub(r"(?m)^alerts = \d+$", "alerts = 1000", shipped).split("[[rule]]")
    for old, new in (("min_count = 3", "min_count = 1"), ('release = "officer"', 'release = "automatic"')):
        assert RULE_ID in of_burglaries
        assert old in of_burglaries
        of_burglaries = of_burglaries.replace(old, new)
    return "[[rule]]".join([head, of_burglaries, *others])


async def _measured(town: Town) -> list[float]:
    """Return for each run the 99th percentile of the milliseconds from an accepted report to its sent alert."""
    place = town.place()
    network = await asyncio.to_thread(town.network, place=place)
    await asyncio.to_thread(town.join_be_alert, network)
    url = town.manifest["services"]["reports"]["url"]
    bodies = _reports(place)
    request = post(url, "/v1/reports", lambda: json.dumps(next(bodies)).encode())
    await steadily(url, request, 1, 3)
    slowest: list[float] = []
    for _ in range(RUNS):
        await steadily(url, request, RATE, SECONDS)
        took = await _all_sent(town, RATE * SECONDS // ONE_IN)
        slowest.append(quantiles(took, n=100, method="inclusive")[98])
    town.close()
    return slowest


def _reports(place: tuple[float, float]) -> Iterator[dict[str, object]]:
    """Yield reports, each at another place in the network's square area; one in five is about a burglary."""
    longitude, latitude = place
    for number, (east, north) in enumerate(itertools.product(range(-190, 190, APART), repeat=2)):
        yield {
            "category": "zwerfvuil" if number % ONE_IN else "inbraak",
            "text": "Zie de plaats op de kaart.",
            "happened_from": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "location": {"longitude": longitude + east * METRE_EAST, "latitude": latitude + north * METRE_NORTH},
        }


async def _all_sent(town: Town, number: int) -> list[float]:
    """Wait until every report has led to a sent alert; return the milliseconds that the last `number` alerts took."""
    databases = town.manifest["postgres"]["databases"]
    reports, notifier = [await asyncpg.connect(databases[one]) for one in ("reports", "notifier")]

    async def times() -> list[tuple[float, float]]:
        accepted = {row["key"]: float(row["at"]) for row in await reports.fetch(ACCEPTED)}
        sent = {row["report_id"]: float(row["at"]) for row in await notifier.fetch(SENT)}
        complete = accepted.keys() <= sent.keys()
        return [(at, sent[key] - at) for key, at in accepted.items()] if complete else []

    async def all_there() -> bool:
        return bool(await times())

    try:
        await wait_until("all alerts are sent", all_there, 60)
        return [took * 1000 for _, took in sorted(await times())[-number:]]
    finally:
        await reports.close()
        await notifier.close()

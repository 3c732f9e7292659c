"""Scrapes metrics of running services as Prometheus does, and lets promtool say which alarms fire.

A fault lasts some seconds here, but the rules wait for minutes. So the metrics from before the fault are repeated for
five minutes, and the change between two scrapes during the fault is continued for minutes: a counter that rose goes on
rising, and a constant value stays constant.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import yaml
from prometheus_client.parser import text_string_to_metric_families

from harness.alarms import promtool

STEP = 15
"""The seconds between two samples, and between two evaluations of the rules."""
BEFORE = 20
"""How many samples show the time before the fault."""
LASTS = 25 * 60
"""How many seconds a fault goes on: longer than each rule looks back and waits together, but for one about days."""
AGES = "_timestamp_seconds"
REFRESHED = "buurtsein_measured_timestamp_seconds"
REFRESH_SECONDS = 17
_NAMES = re.compile(r"\b(buurtsein_[a-z_]+|up)\b(?=[{\[)\s]|$)")
_CERTIFICATES = httpx.create_ssl_context()

type Series = dict[str, float]
"""The values of samples by their text, such as `up{instance="a", job="buurtsein-registry"}`."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """The metrics that a service's processes exported at the time `at` (seconds since 1970)."""

    at: float
    series: Series


@dataclass
class Watch:
    """Collects the metrics of one service's processes, before and during a fault, to check which alarms fire."""

    job: str
    urls: Callable[[], Sequence[str]]
    rules: Path = promtool.RULES

    def __post_init__(self) -> None:
        self.scrapes: list[Scrape] = []

    async def look(self) -> None:
        """Scrape all processes and store the result; call this once before the fault, and at least twice during it."""
        series: Series = {}
        for url in self.urls():
            series |= await self._of(url)
        self.scrapes.append(Scrape(time.time(), series))

    async def look_at_fresh_gauges(self) -> None:
        """Scrape the metrics after the service has refreshed its table gauges; wait as long when it has no database."""
        await self.look()
        before, deadline = self._refreshed(), time.monotonic() + REFRESH_SECONDS
        while self._refreshed() == before and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            self.scrapes.pop()
            await self.look()

    async def look_during(self) -> None:
        """Scrape twice during a fault, each time with fresh gauges; the earlier gauges may not show the fault yet."""
        await self.look_at_fresh_gauges()
        await self.look_at_fresh_gauges()

    def fires(self, alarm: str, seconds: int = LASTS) -> bool:
        """Return whether an alarm is silent before the fault, and fires at some time during the fault."""
        ends = range(BEFORE * STEP, BEFORE * STEP + seconds, STEP)
        return self._expects(alarm, [BEFORE * STEP - STEP], seconds, fire=False) and any(
            self._expects(alarm, [moment], seconds, fire=True) for moment in (ends[-1], ends[len(ends) // 2], ends[1])
        )

    def _expects(self, alarm: str, moments: Sequence[int], seconds: int, *, fire: bool) -> bool:
        query = f'group(ALERTS{{alertname="{alarm}", alertstate="firing"}})'
        wanted = [{"labels": "{}", "value": 1}] if fire else []
        tests = [{"expr": query, "eval_time": f"{moment}s", "exp_samples": wanted} for moment in moments]
        series = [{"series": name, "values": values} for name, values in self._samples(alarm, seconds).items()]
        document = {
            "rule_files": [str(self.rules)],
            "evaluation_interval": f"{STEP}s",
            "tests": [{"interval": f"{STEP}s", "input_series": series, "promql_expr_test": tests}],
        }
        with TemporaryDirectory() as folder:
            file = Path(folder) / "scraped.yml"
            file.write_text(yaml.safe_dump(document, width=10**9))
            return promtool.run("test", "rules", str(file))[0]

    def _samples(self, alarm: str, seconds: int) -> dict[str, str]:
        """Return the samples of each metric in an alarm's rule, in promtool's notation."""
        first, *_, last_but_one, last = self.scrapes
        names = set(_NAMES.findall(_expression(self.rules, alarm)))
        wanted = [text for text in last.series | first.series if text.partition("{")[0] in names]
        return {text: _values(text, first, last_but_one, last, seconds // STEP) for text in wanted}

    async def _of(self, url: str) -> Series:
        labels = {"job": self.job, "instance": url.removeprefix("http://")}
        try:
            async with httpx.AsyncClient(timeout=5, verify=_CERTIFICATES) as client:
                text = (await client.get(f"{url}/metrics")).raise_for_status().text
        except httpx.HTTPError:
            return {_text("up", labels): 0.0}
        families = text_string_to_metric_families(text)
        samples = [sample for family in families for sample in family.samples]
        return {_text(one.name, one.labels | labels): one.value for one in samples} | {_text("up", labels): 1.0}

    def _refreshed(self) -> list[float]:
        return [value for text, value in self.scrapes[-1].series.items() if text.startswith(REFRESHED)]


def _text(name: str, labels: Mapping[str, str]) -> str:
    inside = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}"


@cache
def _expression(rules: Path, alarm: str) -> str:
    document: dict[str, Any] = yaml.safe_load(rules.read_text())
    every = (rule for group in document["groups"] for rule in group["rules"])
    return str(next(rule["expr"] for rule in every if rule["alert"] == alarm))


def _values(text: str, first: Scrape, earlier: Scrape, last: Scrape, steps: int) -> str:
    """Return one metric's samples before and during the fault in promtool's notation, with `_` for a missing sample."""
    before, now = first.series.get(text), last.series.get(text)
    slope = (now - earlier.series.get(text, now)) / (last.at - earlier.at) * STEP if now is not None else 0
    age = AGES in text
    calm = [None if before is None else before + (n * STEP - first.at) * age for n in range(BEFORE)]
    begun = BEFORE * STEP - last.at if age else 0
    fault = [None if now is None else now + begun + slope * n for n in range(steps)]
    return " ".join("_" if value is None else repr(float(value)) for value in (*calm, *fault))

"""Alerts, dashboard and runbook agree with each other and with the metrics; each check finds a planted error."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from typer.testing import CliRunner

from buurtsein_chassis import metrics
from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts.topics import NETWORKS
from buurtsein_notifier import deliveries, table_gauges
from buurtsein_operate.cli import app
from buurtsein_registry import table_gauges as registry_gauges
from buurtsein_reports import table_gauges as reports_gauges

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "monitoring" / "alerts.yml"
RULE_TESTS = ROOT / "deploy" / "monitoring" / "alerts.test.yml"
DASHBOARD = ROOT / "deploy" / "monitoring" / "grafana-dashboard.json"
PAGES = ROOT / "docs" / "operations"
REGISTERED = (metrics, deliveries, table_gauges, registry_gauges, reports_gauges)
"""The modules that define metrics, which registers them."""
NO_ALARM = {"README.md", "restore.md", "cluster.md", "retention.md"}
METRIC = re.compile(r"\b(buurtsein_[a-z_]+)\b")
HEADINGS = ["What it means", "What to look at", "What to type", "It is over when"]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [rule["expr"] for rule in rules()] + [target["expr"] for panel in panels for target in panel["targets"]]


def exported() -> set[str]:
    """Return the names of the metrics in the text of /metrics, including metrics without samples."""
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
    return {f"{m.name}{end}" for m in REGISTRY.collect() for end in suffixes.get(m.type, [""])}


def unknown(texts: list[str], names: set[str]) -> set[str]:
    return {name for text in texts for name in METRIC.findall(text)} - names


def test_alarms_and_dashboard_name_metrics_that_exist() -> None:
    assert unknown(queries(), exported()) == set()


@pytest.mark.parametrize("wrong", ["buurtsein_outbox_age", "buurtsein_relay_published", "buurtsein_consumer_lag_total"])
def test_a_wrong_metric_name_is_reported(wrong: str) -> None:
    assert unknown([*queries(), f"max({wrong}) > 1"], exported()) == {wrong}


def test_each_metric_is_documented_and_shown() -> None:
    ours = {name for name in exported() if name.startswith("buurtsein_")}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in ours}
    documented = set(METRIC.findall((ROOT / "docs" / "operations.md").read_text()))
    assert families - documented == set()
    shown = {re.sub(r"_(bucket|count|sum)$", "", name) for text in queries() for name in METRIC.findall(text)}
    assert families - shown == set()


def test_each_alarm_has_its_page_and_each_page_its_alarm() -> None:
    pages = {path.name for path in PAGES.glob("*.md")} - NO_ALARM
    assert {Path(rule["annotations"]["runbook"]).name for rule in rules()} == pages
    for rule in rules():
        text = (ROOT / rule["annotations"]["runbook"]).read_text()
        assert text.startswith(f"# {rule['alert']}\n")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS


def test_each_alarm_has_a_severity_and_a_summary() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_each_alarm_is_tested_once_silent_and_once_firing() -> None:
    expected: dict[str, set[bool]] = {}
    for test in yaml.safe_load(RULE_TESTS.read_text())["tests"]:
        for case in test["alert_rule_test"]:
            expected.setdefault(case["alertname"], set()).add(bool(case["exp_alerts"]))
    assert expected == {rule["alert"]: {True, False} for rule in rules()}


def test_each_alarm_is_fired_by_a_fault() -> None:
    calls = re.findall(r"rings\((.*?)\)", (ROOT / "tests" / "faults" / "test_alarms.py").read_text(), re.DOTALL)
    fired = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    assert fired == {rule["alert"] for rule in rules()}


def test_contract_violations_are_counted_from_zero_so_that_the_first_one_is_a_rise() -> None:
    Consumer(Subscription("begins-at-zero", (NETWORKS,), None), None)  # type: ignore[arg-type] # it gets no record
    name, consumer = "buurtsein_contract_violations_total", "begins-at-zero"
    for reason in ("invalid_event", "unknown_type", "unknown_version"):
        assert REGISTRY.get_sample_value(name, {"consumer": consumer, "reason": reason}) == 0


def command_lines(page: Path) -> list[list[str]]:
    """Return the arguments of each `buurtsein ...` command in a page's code blocks."""
    lines = re.findall(r"^buurtsein (.*)$", page.read_text(), re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def takes(arguments: list[str]) -> bool:
    """Return whether the command accepts these arguments; --help makes it parse them and do nothing."""
    return CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_the_command_takes_what_the_runbook_says_to_type(page: Path) -> None:
    assert [arguments for arguments in command_lines(page) if not takes(arguments)] == []


@pytest.mark.parametrize("wrong", ["outbox thaw", "lag --quickly", "parked release --stream KEY"])
def test_a_wrong_line_in_the_runbook_is_reported(wrong: str) -> None:
    assert not takes(wrong.split())

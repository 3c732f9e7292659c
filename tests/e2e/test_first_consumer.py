"""The portal's first consumer program reads every event exactly once, also when it is killed and restarted."""

import ast
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts import Event, Unreadable, parse
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.portal import build
from harness import story
from harness.page import copied
from harness.town import Town

SAID = re.compile(r"^reports (\{.*?\}) alerts (\{.*?\}) aside (\{.*?\})$", re.MULTILINE)
STATES = {"Proposed": "proposed", "Released": "released", "Refused": "refused", "Sent": "sent", "Failed": "failed"}
STATES |= {"Expired": "expired", "Cancelled": "cancelled", "Returned": "returned"}

type Numbers = tuple[int, dict[str, int]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path / "portal")
    return copied(tmp_path / "portal" / "first-consumer.html", tmp_path / "desk")


def environment(town: Town, folder: Path) -> dict[str, str]:
    """Return the environment variables that the portal's page asks for, with values from `stack.json`."""
    kafka = town.manifest["kafka"]
    who = kafka["principals"]["police-backoffice"]
    (folder / "password.txt").write_text(who["password"])
    return {
        "BIN_BOOTSTRAP": kafka["bootstrap"],
        "BIN_SECURITY_PROTOCOL": kafka["security_protocol"],
        "BIN_USERNAME": who["username"],
        "BIN_PASSWORD_FILE": "password.txt",
    }


@contextmanager
def running(folder: Path, way: dict[str, str]) -> Iterator[Path]:
    """Run `python run.py` and yield the file with its output; kill it with SIGKILL at the end."""
    said = folder / f"said-{time.monotonic_ns()}"
    with said.open("w") as out:
        process = subprocess.Popen([sys.executable, "run.py"], cwd=folder, env=os.environ | way, stdout=out)
    try:
        yield said
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def last_said(said: Path) -> Numbers:
    """Return the last printed numbers of the program: all reports, and the alerts in each state."""
    found = SAID.findall(said.read_text())
    reports, alerts = (ast.literal_eval(part) for part in found[-1][:2]) if found else ({}, {})
    return sum(reports.values()), alerts


def events(town: Town, topic: str) -> list[Event[Any]]:
    found: dict[object, Event[Any]] = {}
    for record in town.records(topic):
        try:
            event = parse(record.headers(), record.value())
        except Unreadable:  # the alert is of another test
            continue
        found[event.id] = event
    return list(found.values())


def truth(town: Town) -> Numbers:
    """Count the reports, and the alerts in each state, from the records on the topics."""
    reports = sum(isinstance(event.data, IncidentReported) for event in events(town, "bin.incidents"))
    newest = sorted(events(town, "bin.alerts"), key=lambda event: event.sequence)
    named = [(event.key, type(event.data).__name__.removeprefix("Alert")) for event in newest]
    states = {key: STATES[name] for key, name in named if name in STATES}
    return reports, dict(Counter(states.values()))


def test_it_reads_every_report_and_the_state_of_each_alert(town: Town, folder: Path) -> None:
    way = environment(town, folder)
    with running(folder, way) as said:
        network = story.network_of_its_own(town)
        story.support(town, network)
        story.alerts(town, network)
        town.wait_for("it has read something", lambda: last_said(said)[0])
    with running(folder, way) as said:
        story.reported(town, network, "vandalisme", metres=0)
        town.wait_for("it has read everything, each once", lambda: last_said(said) == truth(town))
        assert truth(town)[1].keys() >= {"cancelled", "failed", "refused"}

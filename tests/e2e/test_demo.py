"""`make demo`, as a newcomer runs it: it ends well, and what it leaves behind agrees with what it said."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from buurtsein_notifier.cap import check_schema
from buurtsein_stack.home import Home
from buurtsein_stack.processes import find
from buurtsein_stack.stack import Stack


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Whatever the demo left running, when the test ends before its end, does not stay."""
    yield tmp_path
    Stack(tmp_path / "demo" / "stack").reset()


@pytest.mark.timeout(240)
def test_the_demo_proves_its_story(home: Path) -> None:
    program = str(Path(sys.executable).with_name("buurtsein"))
    environment = os.environ | {"BUURTSEIN_HOME": str(home), "BUURTSEIN_CACHE": str(Home.default().jars)}
    told = _run([program, "demo", "--keep"], environment)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-2000:]

    ledger = json.loads((home / "demo" / "ledger.json").read_text())
    assert ledger["balanced"]
    by_topic = {line["topic"]: line for line in ledger["lines"]}
    assert all(line["twice"] == line["out_of_order"] == line["unaccounted"] == 0 for line in by_topic.values())
    assert by_topic["bin.incidents"]["logged"] == 94
    assert by_topic["bin.members"]["seen"] == {}
    assert by_topic["bin.incidents"]["seen"] == {"police-backoffice": 94}
    assert set(by_topic["bin.city-incidents"]["seen"]) == {"city-backoffice"}
    assert 0 < by_topic["bin.city-incidents"]["logged"] < 94
    assert 0 < ledger["p50"] <= ledger["p99"]

    [alert] = (home / "demo" / "alerts").glob("*.xml")
    assert check_schema(alert.read_bytes()) == []
    assert b"<status>Exercise</status>" in alert.read_bytes()

    timeline = json.loads((home / "demo" / "timeline.json").read_text())
    assert sum(entry["kind"] == "scene" for entry in timeline) == 8

    status = _run([program, "status", "--json"], environment)
    assert (status.returncode, {state["health"] for state in json.loads(status.stdout)}) == (0, {"ready"})
    assert "reports-relay: " in _run([program, "logs"], environment).stdout
    assert _run([program, "down"], environment).returncode == 0
    assert find(Home(home / "demo" / "stack")) == {}


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)

"""`make demo` succeeds, and the stack that it leaves running agrees with the results that it printed."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from buurtsein_contracts import uuid7
from buurtsein_funding.bank import schema_problems
from buurtsein_notifier.cap import check_schema
from buurtsein_operate.operations import on_topic
from buurtsein_stack.home import Home
from buurtsein_stack.processes import find
from buurtsein_stack.stack import Stack
from harness.kafka import all_records, good, send_raw
from harness.operating import ask, sql
from harness.town import Town
from harness.waiting import wait_for

RELAY = "registry-relay"

pytestmark = pytest.mark.timeout(240)


@dataclass(frozen=True)
class Demo:
    """What `make demo KEEP=1` printed, and the home folder of the stack that it left running."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "demo"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `buurtsein` command on the demo's stack."""
        program = str(Path(sys.executable).with_name("buurtsein"))
        environment = os.environ | {"BUURTSEIN_HOME": str(self.home), "BUURTSEIN_CACHE": str(Home.default().jars)}
        return subprocess.run(
            [program, *arguments], env=environment, capture_output=True, text=True, timeout=200, check=False
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo once and keep its stack running for the tests; stop the stack at the end."""
    shown = Demo(tmp_path_factory.mktemp("demo"))
    try:
        told = shown.run("demo", "--keep")
        assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-2000:]
        yield shown
        assert shown.run("down").returncode == 0
        assert find(Home(shown.folder / "stack")) == {}
    finally:
        Stack(shown.folder / "stack").reset()


def test_the_demo_proves_its_story(demo: Demo) -> None:
    ledger = json.loads((demo.folder / "ledger.json").read_text())
    assert ledger["balanced"]
    by_topic = {line["topic"]: line for line in ledger["lines"]}
    assert all(line["twice"] == line["out_of_order"] == line["unaccounted"] == 0 for line in by_topic.values())
    assert by_topic["bin.incidents"]["logged"] == 99
    assert by_topic["bin.members"]["seen"] == {}
    assert by_topic["bin.incidents"]["seen"] == {"police-backoffice": 99}
    assert set(by_topic["bin.city-incidents"]["seen"]) == {"city-backoffice"}
    assert 0 < by_topic["bin.city-incidents"]["logged"] < 99
    assert 0 < ledger["p50"] <= ledger["p99"]

    [alert] = (demo.folder / "alerts").glob("*.xml")
    assert check_schema(alert.read_bytes()) == []
    assert b"<status>Exercise</status>" in alert.read_bytes()

    assert schema_problems((demo.folder / "pain001.xml").read_bytes()) == []

    timeline = json.loads((demo.folder / "timeline.json").read_text())
    assert sum(entry["kind"] == "scene" for entry in timeline) == 12


def test_the_stack_of_the_demo_can_be_inspected(demo: Demo) -> None:
    status = demo.run("status", "--json")
    assert (status.returncode, {state["health"] for state in json.loads(status.stdout)}) == (0, {"ready"})
    assert "reports-relay: " in demo.run("logs").stdout


@pytest.fixture
def town(demo: Demo) -> Iterator[Town]:
    """Yield HTTP clients for the demo's stack; nobody reads its topics later, so a test may write wrong records."""
    aalst = Town(Stack(demo.folder / "stack"))
    yield aalst
    aalst.close()


@pytest.mark.thorough
def test_a_record_that_is_not_in_the_event_log_is_reported(town: Town) -> None:
    relay = town.kafka(RELAY)
    record = next(iter(asyncio.run(all_records(town.kafka("admin"), "bin.networks"))))
    key, headers = record.key.decode(), list(record.headers)
    said = dict(headers)
    place = (key, int(said["ce_sequence"]), said["ce_id"].decode())
    later = [*(pair for pair in headers if pair[0] != "ce_sequence"), ("ce_sequence", b"0" * 18 + b"99")]
    newer = [*(pair for pair in headers if pair[0] != "ce_type"), ("ce_type", b"be.bin.network.approved.v9")]
    extra = good(uuid7(), 1)
    spoiled = [
        (record.key, record.value + b" ", headers),
        (b"somebody else", record.value, headers),
        (record.key, record.value, later),
        (record.key, record.value, newer),
        extra,
    ]
    asyncio.run(send_raw(relay, "bin.networks", spoiled))
    asyncio.run(send_raw(relay, "bin.members", [(record.key, record.value, headers)]))
    dropped = "select from stream_position where consumer = 'reports.networks' and key = $1"
    wait_for("all were read", lambda: sql(town, "reports", dropped, extra[0].decode()))

    verified = ask(town, "verify", "--wait", "5", status=1)
    named = {tuple(each.values()) for each in verified["differences"]}
    stranger = (extra[0].decode(), 1, dict(extra[2])["ce_id"].decode())
    assert named >= {
        ("wrong_value", "bin.networks", *place),
        ("wrong_key", "bin.networks", *place),
        ("wrong_sequence", "bin.networks", *place),
        ("wrong_type", "bin.networks", *place),
        ("dead", "reports.networks", *place),
        ("unknown", "bin.networks", *stranger),
        ("unknown", "bin.members", *place),
        ("ahead", "reports.networks", stranger[0], 1, None),
    }
    assert {what for what, *_ in named} == {*on_topic.ALTERED, "unknown", "ahead", "dead"}

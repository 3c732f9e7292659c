"""A service from outside the repository gets topics, rights, a database, health and commands, as our own do.

`docs/extending.md` explains the steps; `tests/data/city_lamps` is the service.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_contracts import uuid7
from buurtsein_contracts.testing.records import as_record, made
from harness.kafka import all_records, send_raw
from harness.waiting import wait_for

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "tests" / "data" / "city_lamps"


def run(*command: str, **env: str) -> str:
    """Run a command and return its output; the test fails when the command fails."""
    done = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for PYTHONPATH in which the wheel of the outside service is installed."""
    [uv] = ROOT.glob(".local/tools/uv-*/bin/uv")
    work, site = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    source = shutil.copytree(SERVICE, work / "city-lamps", ignore=shutil.ignore_patterns("__pycache__"))
    offline = ("--offline", "--quiet", "--python", sys.executable)
    run(str(uv), "build", *offline, "--wheel", "--out-dir", str(work), str(source))
    [wheel] = work.glob("*.whl")
    run(str(uv), "pip", "install", *offline, "--no-deps", "--target", str(site), str(wheel))
    return site


@dataclass(frozen=True)
class Installed:
    """A stack that includes the outside service, and the command `buurtsein` to examine the stack."""

    env: dict[str, str]
    stack: dict[str, Any]

    def ask(self, *arguments: str) -> str:
        return run(sys.executable, "-m", "buurtsein_operate.cli", *arguments, **self.env)

    @property
    def url(self) -> str:
        return str(self.stack["services"]["lamps"]["url"])

    def access(self, principal: str) -> KafkaAccess:
        kafka = self.stack["kafka"]
        who = kafka["principals"][principal]
        return KafkaAccess(kafka["bootstrap"], who["username"], who["password"], encrypted=False)


@pytest.fixture(scope="module")
def installed(site: Path) -> Iterator[Installed]:
    home = Path(tempfile.mkdtemp(prefix="buurtsein-outside-"))
    home.chmod(0o755)
    env = {"BUURTSEIN_HOME": str(home), "PYTHONPATH": str(site)}
    try:
        run(sys.executable, "-m", "buurtsein_operate.cli", "up", **env)
        yield Installed(env, json.loads((home / "stack.json").read_text()))
    finally:
        run(sys.executable, "-m", "buurtsein_operate.cli", "reset", "--yes", **env)


@pytest.mark.thorough
def test_it_has_a_place_in_the_status_and_is_healthy(installed: Installed) -> None:
    states = {state["name"]: state["health"] for state in json.loads(installed.ask("status", "--json"))}
    assert states["lamps"] == "ready"
    assert set(states.values()) == {"ready"}
    assert httpx.get(f"{installed.url}/health/ready").is_success


@pytest.mark.thorough
def test_its_topic_and_its_rights_are_those_of_its_manifest(installed: Installed) -> None:
    assert installed.ask("topics", "apply", "--dry-run") == ""
    groups = {(row["group"], row["topic"]) for row in json.loads(installed.ask("lag", "--json"))}
    assert ("lamps-worker.lamps.networks", "bin.networks") in groups
    assert {"lamps-relay", "lamps-worker"} <= set(installed.stack["kafka"]["principals"])
    assert "lamps" in installed.stack["postgres"]["databases"]


@pytest.mark.thorough
def test_its_events_reach_the_readers_of_its_topic(installed: Installed) -> None:
    lamp = str(uuid7())
    said = httpx.post(f"{installed.url}/v1/lamps", json={"lamp_id": lamp}, headers={"Idempotency-Key": lamp})
    assert said.status_code == 201, said.text
    city = installed.access("city-backoffice")

    def arrived() -> bool:
        return lamp.encode() in {record.key for record in asyncio.run(all_records(city, "city.lamps"))}

    wait_for("the city reads that the lamp was reported", arrived)


@pytest.mark.thorough
def test_it_consumes_the_events_of_networks(installed: Installed) -> None:
    record = as_record(made("NetworkApproved"))
    assert record.key
    assert record.value
    sent = [(record.key, record.value, record.headers)]
    asyncio.run(send_raw(installed.access("registry-relay"), "bin.networks", sent))
    wait_for("it knows the network", lambda: httpx.get(f"{installed.url}/v1/known").json() == {"networks": 1})


@pytest.mark.thorough
def test_its_openapi_document_is_written_with_the_others(site: Path, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "buurtsein_operate.cli", "openapi", "--to", str(tmp_path))
    run(*command, PYTHONPATH=str(site))
    assert "/v1/lamps" in json.loads((tmp_path / "lamps.json").read_text())["paths"]

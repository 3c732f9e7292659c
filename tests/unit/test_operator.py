"""The command `buurtsein` without a running stack has the right exit status and prints one clear sentence."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import buurtsein_reports
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_stack.installation import SHIPPED, Installation
from harness.starting import ended

pytestmark = pytest.mark.external


def run(
    home: Path, *arguments: str, module: str = "buurtsein_operate.cli", **env: str
) -> subprocess.CompletedProcess[str]:
    settings = os.environ | {"BUURTSEIN_HOME": str(home), "COLUMNS": "100"} | env
    return ended(f"{module}:main", *arguments, env=settings)


def test_status_without_a_stack_exits_with_1_and_names_every_process(tmp_path: Path) -> None:
    answer = run(tmp_path, "status", "--json")
    assert answer.returncode == 1
    states = {state["name"]: state["health"] for state in json.loads(answer.stdout)}
    assert set(states.values()) == {"down"}
    assert {"postgres", "kafka", "issuer", "bealert", *service_names()} == set(states)
    assert "registry" in run(tmp_path, "status").stdout


def test_a_split_service_is_three_processes_in_the_status(tmp_path: Path) -> None:
    states = json.loads(run(tmp_path, "status", "--json", BUURTSEIN_SPLIT="reports").stdout)
    assert {"reports", "reports-relay", "reports-worker"} <= {state["name"] for state in states}


@pytest.mark.parametrize("verb", ["down", "reset"])
def test_down_without_a_stack_succeeds(tmp_path: Path, verb: str) -> None:
    assert run(tmp_path, verb).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("logs", "nobody"), "buurtsein: there is no log of nobody"),
        (("topics", "apply", "--bootstrap", "127.0.0.1:1"), "buurtsein: the password of admin is missing"),
        (("no-such-verb",), "No such command"),
        (("up", "--only", "relay"), "buurtsein: the stack needs the role api"),
        (("log", "settle", "registry", "--reason", "a test"), "buurtsein: say which: --subject or --all"),
    ],
)
def test_wrong_use_of_the_command_exits_with_2(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    answer = run(tmp_path, *arguments, BUURTSEIN_SECRETS_DIR=str(tmp_path))
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "content", "complaint"),
    [
        (("lag",), None, "cannot be read: No such file or directory"),
        (("topics", "apply"), "# none yet", "is no certificate"),
    ],
)
def test_an_unusable_ca_file_exits_with_2(
    tmp_path: Path, arguments: tuple[str, ...], content: str | None, complaint: str
) -> None:
    for name in ("kafka_admin", *(f"{service}_database_migrator" for service in service_names())):
        (tmp_path / name).write_text("word")
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_text(content)
    cluster = {"BUURTSEIN_KAFKA_BOOTSTRAP": "127.0.0.1:1", "BUURTSEIN_KAFKA_CA_FILE": str(ca)}
    answer = run(tmp_path, *arguments, BUURTSEIN_SECRETS_DIR=str(tmp_path), **cluster)
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [f"buurtsein: {ca} {complaint} (BUURTSEIN_KAFKA_CA_FILE)"]


def test_an_unknown_installation_exits_with_2_and_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        Installation.load(str(tmp_path))
    assert caught.value.code == "installation"


def test_every_shipped_installation_can_be_read() -> None:
    for folder in SHIPPED.iterdir():
        installation = Installation.load(folder.name)
        area = json.loads((folder / installation.facts["municipality_area"]).read_text())
        assert {feature["properties"]["nis"] for feature in area["features"]} == {installation.facts["nis"]}
        assert installation.facts["cap_status"] in {"Exercise", "Test"}


@pytest.mark.parametrize("module", ["buurtsein_stack.issuer", "buurtsein_stack.bealert"])
def test_the_one_machine_stack_refuses_production(tmp_path: Path, module: str) -> None:
    answer = run(tmp_path, module=module, BUURTSEIN_PROFILE="production", ISSUER_PORT="0", BEALERT_PORT="0")
    assert answer.returncode == 2
    assert "production" in answer.stderr


def test_emergency_lists_are_measured_on_the_test_sentences(tmp_path: Path) -> None:
    shipped = json.loads(run(tmp_path, "emergencies", "try", "--json").stdout)
    assert shipped["sentences"] >= 120
    assert min(shipped["recall"], shipped["precision"], shipped["ordinary_passed"]) >= 0.95

    mine = tmp_path / "mine.toml"
    lists = (Path(buurtsein_reports.__file__).parent / "emergencies.toml").read_text(encoding="utf-8")
    mine.write_text(lists.replace('all = [["<burning>"]]', 'all = [["vuurzee"]]'), encoding="utf-8")
    worse = run(tmp_path, "emergencies", "try", str(mine))
    assert worse.returncode == 1
    assert "strong (nl), judged NONE: De woning van de buren staat in brand." in worse.stdout

    mine.write_text("no lists")
    unreadable = run(tmp_path, "emergencies", "try", str(mine))
    assert unreadable.returncode == 2
    assert "Traceback" not in unreadable.stderr

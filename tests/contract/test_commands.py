"""Each subcommand of `buurtsein-contracts` prints text or JSON, and a clear error when it is used wrongly."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from buurtsein_contracts import EVENTS, EventData, parse
from buurtsein_contracts.cli import app
from buurtsein_contracts.cli.output import WrongUse
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.goldens import examples_of
from buurtsein_contracts.schemas import reader_schema
from harness.starting import CONTRACTS, ended

EXAMPLE = json.loads(examples_of(IncidentReported)[0])


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def answer(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)


def test_the_option_version_prints_the_release_of_the_package() -> None:
    assert run("--version").stdout.strip() == version("buurtsein-contracts")


def test_list_has_every_event_with_its_topic() -> None:
    rows = answer("list")
    assert list(dict.fromkeys(row["name"] for row in rows)) == [data.__name__ for data in EVENTS]
    places = [(row["topic"], row["tier"]) for row in rows if row["name"] == "IncidentReported"]
    assert places == [("bin.incidents", "police"), ("bin.city-incidents", "city")]
    assert {row["topic"] for row in answer("list", "--topic", "bin.alerts")} == {"bin.alerts"}
    assert "IncidentReported" in run("list").stdout


def test_show_prints_each_field() -> None:
    text = run("show", "IncidentReported").stdout
    assert "location.latitude" in text
    assert "kept 30 days" in text
    shown = answer("show", "be.bin.incident.reported.v1")
    assert shown["writer"]["additionalProperties"] is False
    assert shown["owner"] == "reports"


@pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.__name__)
def test_show_has_every_field_of_every_event(data: type[EventData]) -> None:
    told = {line.split()[0] for line in run("show", data.__name__).stdout.splitlines() if line.strip()}
    assert set(fields_of(reader_schema(data))) - told == set()


def test_show_prints_nested_lists_and_text_in_brackets() -> None:
    text = run("show", "NetworkApproved").stdout
    assert "list of list of [number, number]" in text
    assert "Closed rings of [longitude, latitude]" in text


def test_examples_are_printed_as_data_binary_and_structured() -> None:
    assert json.loads(run("examples", "FundingWithdrawn").stdout.split("\n}\n")[0] + "}")["application_id"]
    binary = run("examples", "FundingWithdrawn", "--binary").stdout
    assert '"ce_type": "be.bin.funding.withdrawn.v1"' in binary
    first, _ = json.JSONDecoder().raw_decode(run("examples", "FundingWithdrawn", "--structured").stdout)
    headers = [("content-type", b"application/cloudevents+json")]
    assert parse(headers, json.dumps(first).encode()).type == "be.bin.funding.withdrawn.v1"


def test_a_valid_document_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(EXAMPLE, indent=2))
    assert run("validate", str(path), "--type", "IncidentReported").exit_code == 0
    first, _ = json.JSONDecoder().raw_decode(run("examples", "IncidentReported", "--structured").stdout)
    assert run("validate", "-", stdin=json.dumps(first)).stdout == "valid\n"


NEWER = {"category": "drone", "colour": "red"}


def test_strict_refuses_what_a_writer_may_not_send() -> None:
    document = json.dumps(EXAMPLE | NEWER, indent=2)
    assert run("validate", "-", "--type", "IncidentReported", stdin=document).exit_code == 0
    strict = run("validate", "-", "--type", "IncidentReported", "--strict", "--json", stdin=document)
    assert {finding["rule"] for finding in json.loads(strict.stdout)["findings"]} == {"enum", "extra_forbidden"}


def structured(**changes: Any) -> str:
    first, _ = json.JSONDecoder().raw_decode(run("examples", "IncidentReported", "--structured").stdout)
    return json.dumps(first | changes, indent=2)


@pytest.mark.parametrize(
    ("text", "options", "rule", "line_of"),
    [
        ("{\n  no", ["--type", "AlertSent"], "json", 2),
        (
            json.dumps(EXAMPLE | {"reference": "1"}, indent=2),
            ["--type", "IncidentReported"],
            "string_pattern_mismatch",
            '"reference"',
        ),
        (
            json.dumps(EXAMPLE | {"location": {"latitude": 509, "longitude": 4, "nis": "41002"}}, indent=2),
            ["--type", "IncidentReported"],
            "less_than_equal",
            '"latitude"',
        ),
        (json.dumps(EXAMPLE, indent=2), [], "envelope", 1),
        (structured(sequence="7"), [], "invalid_event", '"sequence"'),
        (structured(type="be.bin.drone.seen.v1"), [], "unknown_type", 1),
        (structured(data=EXAMPLE | {"reported_at": "gisteren"}), [], "datetime_from_date_parsing", '"reported_at"'),
    ],
)
def test_a_fault_is_reported_with_file_line_and_rule(
    tmp_path: Path, text: str, options: list[str], rule: str, line_of: int | str
) -> None:
    path = tmp_path / "event.json"
    path.write_text(text)
    result = run("validate", str(path), *options)
    lines = text.splitlines()
    number = line_of if isinstance(line_of, int) else next(n for n, line in enumerate(lines, 1) if line_of in line)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{path}:{number}: {rule}: ")


def test_diff_prints_what_changed() -> None:
    result = run("diff", "IncidentReported@1.0.0", "IncidentReported")
    assert result.exit_code == 0
    assert "NONE" in result.stdout
    broken = answer("diff", "AlertSent", "AlertFailed")
    assert {finding["rule"] for finding in broken["findings"]} >= {"type", "backward", "forward"}


def test_check_and_can_i_deploy_pass() -> None:
    assert answer("check") == {"ok": True, "findings": []}
    assert answer("can-i-deploy", "notifier")["ok"]
    assert answer("expect", "check")["ok"]


def test_generate_writes_models(tmp_path: Path) -> None:
    assert run("generate", "typescript", "--to", str(tmp_path)).exit_code == 0
    assert "export interface IncidentReported {" in (tmp_path / "events.ts").read_text()
    assert run("generate", "java", "--to", str(tmp_path), "--type", "AlertSent").exit_code == 0
    assert [path.name for path in tmp_path.rglob("*.java")] == ["AlertSent.java"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "Incident"], "do you mean IncidentReported"),
        (["list", "--topic", "bin.drones"], "no topic 'bin.drones'"),
        (["examples", "AlertSent", "--binary", "--structured"], "choose --binary or --structured"),
        (["validate", "no-such-file.json"], "cannot be read"),
        (["diff", "AlertSent@9.0.0", "AlertSent"], "no version 9.0.0"),
        (["can-i-deploy", "nobody"], "pz-aalst/police-backoffice"),
        (["generate", "cobol", "--to", "x"], "there are: java, typescript"),
        (["tail", "--stack", "no-such-file.json"], "cannot be read"),
        (["tail", "--from", "yesterday"], "--from 'yesterday'"),
        (["registry", "push", "http://127.0.0.1:1", "--token-file", "no-such-file"], "cannot be read"),
    ],
)
def test_wrong_use_prints_one_sentence(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, WrongUse)
    assert says in str(result.exception)


@pytest.mark.external
def test_wrong_use_exits_with_2() -> None:
    for arguments in (["show", "Nothing"], ["expect", "check", "nothing.yaml"], ["no-such-verb"]):
        result = ended(CONTRACTS, *arguments)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.external
def test_importing_the_package_needs_pydantic_only() -> None:
    extras = {"aiokafka", "httpx", "jsoncompat", "pytest", "rich", "typer", "yaml"}
    result = python(f"import sys, buurtsein_contracts; print({extras} & set(sys.modules))")
    assert result.stdout == "set()\n"


@pytest.mark.external
def test_without_the_extra_the_command_says_what_to_install() -> None:
    result = python("import sys; sys.modules['typer'] = None; from buurtsein_contracts.__main__ import main; main()")
    assert result.returncode == 2
    assert 'pip install "buurtsein-contracts[cli]"' in result.stderr
    assert "Traceback" not in result.stderr

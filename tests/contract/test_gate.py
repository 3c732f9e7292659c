"""The contract check refuses each breaking change that the test makes to a copy; it names the rule and the remedy."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts import EVENTS, EventData
from buurtsein_contracts.events import FundingWithdrawn
from buurtsein_contracts.gate.contract import of_model
from buurtsein_contracts.gate.engine import JsonCompat
from buurtsein_contracts.goldens import read_index, write_json
from harness.prover import Subschema
from harness.starting import ended

pytestmark = pytest.mark.external

ROOT = Path(__file__).parents[2]
PACKAGE = "buurtsein_contracts"


def run(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module of the copied package instead of the installed package."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return ended(f"{module}:main", *arguments, env=environment, folder=folder, anew=PACKAGE)


def verdict(folder: Path) -> tuple[int, list[dict[str, Any]]]:
    result = run(folder, f"{PACKAGE}.cli", "check", "--json")
    assert result.returncode in {0, 1}, result.stderr
    return result.returncode, json.loads(result.stdout)["findings"]


def copied(folder: Path) -> Path:
    """Copy the contracts and the expectations of their consumers to a folder, and return the folder."""
    for name in (PACKAGE, "consumers"):
        shutil.copytree(ROOT / "contracts" / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the contracts in which every event is released."""
    folder = copied(tmp_path_factory.mktemp("gate") / "contracts")
    result = run(folder, f"{PACKAGE}.goldens", "--release")
    assert result.returncode == 0, result.stderr
    return folder


@dataclass(frozen=True)
class Break:
    file: str
    old: str
    new: str
    rule: str
    says: str
    """A text that the check of contracts must print about this break."""
    is_alone: bool = False
    """Whether this break needs a run of its own, because another break prints the same text."""


TEXT_REF = """    text_ref: str = described(
        "Where those entitled can read the text.", "Waar wie mag de tekst kan lezen.", max_length=200
    )
"""
HAPPENED_TO = (
    '    happened_to: Timestamp | None = described("End, when known.", "Einde, indien gekend.", default=None)\n'
)
REFERENCE = '    reference: str = described("Public'
SENT_AT = '    attempts: int = described("Attempts it took.'
GOLDEN = "goldens/be.bin.incident.reported.v1/1.0.0"

BREAKS = {
    "a required field removed": Break("events/incident.py", TEXT_REF, "", "forward", "incident.reported"),
    "and who uses it": Break("events/incident.py", TEXT_REF, "", "expect-field", "pz-aalst/police-backoffice"),
    "an optional field that somebody uses removed": Break(
        "events/incident.py", HAPPENED_TO, "", "expect-field", "pz-aalst/police-backoffice"
    ),
    "a field renamed": Break("events/incident.py", "text_ref: str", "text_link: str", "backward", "incident.reported"),
    "a required field added": Break(
        "events/incident.py",
        REFERENCE,
        '    urgency: int = described("Urgency.", "Dringendheid.", ge=1)\n' + REFERENCE,
        "backward",
        "incident.reported",
    ),
    "a required field made optional": Break(
        "events/incident.py", '"Waar wie mag de tekst kan lezen.", ', '"Waar.", default="", ', "forward", "incident"
    ),
    "a closed enum grown": Break(
        "events/funding.py",
        '    REJECTED = "REJECTED"',
        '    REJECTED = "REJECTED"\n    PARTLY = "PARTLY"',
        "forward",
        "PARTLY",
    ),
    "a closed enum opened": Break(
        "events/funding.py", "class FundingDecision(ClosedEnum)", "class FundingDecision(StrEnum)", "enum", "decision"
    ),
    "an enum value that somebody handles removed": Break(
        "events/incident.py", '    THEFT = "diefstal"\n', "", "expect-value", "diefstal is no longer sent"
    ),
    "a text made shorter": Break("events/alert.py", "max_length=500)", "max_length=100)", "backward", "alert.proposed"),
    "another type": Break("events/alert.py", SENT_AT, SENT_AT.replace("int", "str"), "backward", "alert.sent"),
    "another format": Break(
        "events/incident.py", "happened_from: Timestamp", "happened_from: date", "format", "happened_from"
    ),
    "another default": Break(
        "events/geography.py", 'default="Polygon"', 'default="Polygon", examples=[1]', "semver", "PATCH", is_alone=True
    ),
    "another pattern": Break("events/incident.py", "{4}-[A-Z0-9]{4}", "{4}.[A-Z0-9]{4}", "forward", "reported"),
    "another topic": Break("topics.py", 'Topic("bin.alerts"', 'Topic("bin.warnings"', "topic", "bin.warnings"),
    "another key": Break(
        "topics.py", '"bin.funding", "network_id"', '"bin.funding", "application_id"', "key", "application_id"
    ),
    "a type that vanished": Break(
        "events/__init__.py",
        "    AlertCancelled,\n    FeedbackDue,\n    FeedbackGiven,\n)",
        "    AlertCancelled,\n    FeedbackDue,\n)",
        "vanished",
        "be.bin.alert.feedback-given.v1",
    ),
    "a header changed": Break("envelope.py", '[0-9]{20}$")', '[0-9]{10}$")', "headers", "headers"),
    "a header taken away": Break(
        "envelope.py",
        "    causationid: NotRequired[Annotated[str, Field(max_length=200)]]\n",
        "",
        "headers",
        "causationid",
    ),
    "a writer that takes unknown fields": Break(
        "model.py", 'frozen=True, extra="forbid"', 'frozen=True, extra="ignore"', "closed", "takes unknown fields"
    ),
    "no privacy tag": Break("model.py", ', "x-personal-data": privacy.value', "", "privacy", "x-personal-data"),
    "a privacy tag taken away": Break(
        "events/member.py", '"De persoon.", Privacy.PSEUDONYM', '"De persoon."', "privacy", "person_ref"
    ),
    "a text without bound": Break(
        "events/alert.py",
        '"Waarom ze voorgesteld wordt.", max_length=500',
        '"Waarom ze voorgesteld wordt."',
        "bounds",
        "why",
    ),
    "a list without bound": Break(
        "events/alert.py",
        '"Netwerken waarvoor.", min_length=1, max_length=50)',
        '"Netwerken waarvoor.", min_length=1)',
        "bounds",
        "network_ids",
    ),
    "an optional field without a new version": Break(
        "events/incident.py",
        REFERENCE,
        '    urgency: int | None = described("Urgency.", "Dringendheid.", default=None)\n' + REFERENCE,
        "semver",
        '"1.1.0"',
    ),
    "words without a new version": Break(
        "events/alert.py", "BE-Alert accepted the alert.", "It left.", "semver", '"1.0.1"'
    ),
    "a version that says too much": Break(
        "events/incident.py",
        '    TYPE: ClassVar[str] = "be.bin.incident.triaged.v1"\n',
        '    TYPE: ClassVar[str] = "be.bin.incident.triaged.v1"\n    VERSION: ClassVar[str] = "1.2.0"\n',
        "semver",
        "1.2.0",
    ),
    "a released golden altered": Break(
        f"{GOLDEN}/reader.schema.json", '"maxLength": 200', '"maxLength": 300', "immutable", "reader"
    ),
    "a released example altered": Break(
        f"{GOLDEN}/examples/burglary.json", "7K3F-9QX2", "7K3F-9QX3", "immutable", "burglary"
    ),
    "an example that is not valid": Break(
        f"{GOLDEN}/examples/burglary.json", "7K3F-9QX2", "?", "examples", "burglary", is_alone=True
    ),
    "an invalid one that is valid": Break(
        f"{GOLDEN}/invalid/reference.pattern.json", '"1"', '"7K3F-9QX2"', "invalid", "reference"
    ),
}


def test_before_the_first_release_goldens_are_a_baseline_that_changes_with_the_models(tmp_path: Path) -> None:
    folder = copied(tmp_path / "contracts")
    goldens = folder / PACKAGE / "goldens"
    index = read_index(goldens)
    entries = [entry | {"released": None} for entry in index["events"]]
    write_json(goldens / "index.json", index | {"package": None, "events": entries})
    model = folder / PACKAGE / "events/alert.py"
    model.write_text(model.read_text().replace("max_length=500)", "max_length=400)", 1))
    code, findings = verdict(folder)
    assert (code, {finding["rule"] for finding in findings}) == (1, {"goldens"})
    assert run(folder, f"{PACKAGE}.goldens").returncode == 0
    assert verdict(folder) == (0, [])


def test_the_released_copy_passes(released: Path) -> None:
    assert verdict(released) == (0, [])


def batches() -> Iterator[dict[str, Break]]:
    """Yield all breaks in groups that are planted together, with at most one break in each file."""
    yield from ({name: one} for name, one in BREAKS.items() if one.is_alone)
    left = {name: one for name, one in BREAKS.items() if not one.is_alone}
    while left:
        batch = {one.file: name for name, one in reversed(left.items())}.values()
        yield {name: left.pop(name) for name in batch}


@contextmanager
def planted(folder: Path, breaks: Iterable[Break]) -> Iterator[None]:
    """Change one place of the copied contracts for each break, and restore the files afterwards."""
    before = {folder / PACKAGE / one.file: (folder / PACKAGE / one.file).read_text() for one in breaks}
    for one in breaks:
        target = folder / PACKAGE / one.file
        assert one.old in before[target]
        target.write_text(before[target].replace(one.old, one.new, 1))
    yield
    for target, text in before.items():
        target.write_text(text)


@pytest.fixture(scope="module")
def findings_of(released: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the output of the check for each break; breaks in different files are planted in one run."""
    said: dict[str, list[dict[str, Any]]] = {}
    for batch in batches():
        with planted(released, batch.values()):
            code, findings = verdict(released)
        assert code == 1
        said |= dict.fromkeys(batch, findings)
    return said


@pytest.mark.parametrize("name", BREAKS)
def test_a_planted_break_is_refused(name: str, findings_of: dict[str, list[dict[str, Any]]]) -> None:
    expected, findings = BREAKS[name], findings_of[name]
    found = [finding for finding in findings if finding["rule"] == expected.rule]
    assert found, findings
    assert any(expected.says in json.dumps(finding, ensure_ascii=False).replace('\\"', '"') for finding in found), found
    assert all(finding["way_out"] for finding in findings)


def test_an_optional_field_with_the_right_versions_passes(released: Path, tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    shutil.copytree(released, folder)
    model = folder / PACKAGE / "events" / "incident.py"
    text = model.read_text().replace(
        'be.bin.incident.triaged.v1"\n',
        'be.bin.incident.triaged.v1"\n    VERSION: ClassVar[str] = "1.1.0"\n    urgency: int | None = described('
        '"Urgency.", "Dringendheid.", default=None)\n',
    )
    model.write_text(text)
    assert run(folder, f"{PACKAGE}.goldens").returncode == 0
    assert [finding["rule"] for finding in verdict(folder)[1]] == ["package"]
    assert (folder / PACKAGE / "goldens/be.bin.incident.triaged.v1/1.0.0/writer.schema.json").exists()
    assert list((folder / PACKAGE / "goldens/be.bin.incident.triaged.v1/1.1.0/examples").glob("*.json"))


def test_the_goldens_of_a_released_version_are_not_written_again(released: Path, tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    shutil.copytree(released, folder)
    model = folder / PACKAGE / "events" / "incident.py"
    model.write_text(model.read_text().replace("text_ref: str", "text_link: str"))
    result = run(folder, f"{PACKAGE}.goldens")
    assert result.returncode == 1
    assert "be.bin.incident.reported.v1/1.0.0/writer.schema.json" in result.stderr


def test_make_check_runs_the_gate() -> None:
    recipe = (ROOT / "Makefile").read_text().split("\ncheck:")[1].split("\n\n")[0]
    assert "buurtsein-contracts check" in recipe


@pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)
def test_each_event_can_be_read_by_its_readers_of_today(data: type[EventData]) -> None:
    contract = of_model(data)
    assert JsonCompat().outside(contract.writer, contract.reader) is None


@pytest.mark.parametrize("data", [FundingWithdrawn], ids=lambda data: data.TYPE)
def test_the_second_engine_agrees_on_a_whole_event(data: type[EventData]) -> None:
    contract = of_model(data)
    assert Subschema().outside(contract.writer, contract.reader) is None
    assert Subschema().outside(contract.reader, contract.writer) is not None

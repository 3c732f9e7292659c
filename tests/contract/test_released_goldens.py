"""Tests that released files, the subject and topics of released events, and the readers of topics do not change."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from buurtsein_contracts import goldens as module
from buurtsein_contracts.events import FundingRequested, IncidentReported
from buurtsein_contracts.gate.check import check
from buurtsein_contracts.gate.compare import compare
from buurtsein_contracts.gate.contract import of_model
from buurtsein_contracts.gate.engine import JsonCompat
from buurtsein_contracts.gate.verdict import Level
from buurtsein_contracts.goldens import FOLDER, HEADERS, lost_audiences, write
from buurtsein_contracts.topics import FUNDING, NETWORKS, TOPICS

REPORTED = "be.bin.incident.reported.v1/1.0.0"


@pytest.fixture
def goldens(tmp_path: Path) -> Path:
    """Return a copy of the committed goldens, which are all released."""
    return shutil.copytree(FOLDER, tmp_path / "goldens")


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        f"{REPORTED}/examples/burglary.json",
        f"{REPORTED}/invalid/reference.pattern.json",
        f"{REPORTED}/writer.schema.json",
        HEADERS,
    ],
)
def test_a_released_file_that_was_changed_or_deleted_gets_no_new_digest(
    goldens: Path, name: str, deleted: bool
) -> None:
    file, index = goldens / name, (goldens / "index.json").read_bytes()
    if deleted:
        file.unlink()
    else:
        file.write_text(file.read_text() + " ")
    assert write(goldens) == [name]
    assert (goldens / "index.json").read_bytes() == index


def test_another_subject_breaks_the_readers_of_the_event() -> None:
    before = of_model(FundingRequested)
    verdict = compare(before, replace(before, subject="network_id"), JsonCompat())
    assert (verdict.level, [finding.rule for finding in verdict.findings]) == (Level.MAJOR, ["subject"])


def test_another_subject_of_a_released_event_is_found_by_the_gate(
    goldens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FundingRequested, "SUBJECT", None)
    found = {(finding.rule, finding.where) for finding in check(goldens, [FundingRequested]).findings}
    assert ("subject", "be.bin.funding.requested.v1 1.0.0") in found


def test_another_topic_of_an_event_needs_a_new_version() -> None:
    before = of_model(IncidentReported)
    more = replace(before, also_on=(*before.also_on, NETWORKS.name))
    assert (compare(before, more, JsonCompat()).level, compare(before, before, JsonCompat()).level) == (
        Level.MINOR,
        Level.NONE,
    )
    assert compare(more, before, JsonCompat()).has("topic")


def test_an_audience_that_can_no_longer_read_a_released_topic_is_found_and_stays_in_the_index(
    goldens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lost_audiences(goldens) == []
    monkeypatch.setattr(module, "TOPICS", [replace(one, audiences=()) if one == FUNDING else one for one in TOPICS])
    assert write(goldens) == ["bin.funding for city"]
    assert [finding.where for finding in check(goldens, []).findings if finding.rule == "audience"] == ["bin.funding"]

"""Tests the example records for consumers' tests, and the pytest plugin that provides these records."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts import EVENTS, EventData, Unreadable, parse
from buurtsein_contracts.testing import records
from harness.starting import ONLY_OUR_PLUGIN, PYTEST, ended

BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)


@BY_TYPE
def test_a_record_is_an_event(data: type[EventData]) -> None:
    record = records.as_record(records.made(data.__name__, 3))
    event = parse(record.headers, record.value)
    assert (event.type, event.sequence) == (data.TYPE, 3)
    assert (record.topic, record.key) == (data.TOPIC.name, event.key.encode())


@BY_TYPE
def test_records_of_a_future_version_can_be_read(data: type[EventData]) -> None:
    found = records.from_the_future(data.__name__)
    for record in found:
        assert parse(record.headers, record.value).type == data.TYPE
        assert records.UNKNOWN in (record.value or b"").decode()
        with pytest.raises(ValueError, match="validation error"):
            data.model_validate_json(record.value or b"")


def test_one_field_alone_can_have_an_unknown_value(bin_future_version: Any) -> None:
    now = json.loads(records.as_record(records.made("IncidentReported")).value or b"")
    [newer] = bin_future_version("IncidentReported", field="category")
    assert json.loads(newer.value) == now | {"category": records.UNKNOWN}
    [newer] = bin_future_version("IncidentReported", field="route_to")
    assert set(json.loads(newer.value)["route_to"]) == {records.UNKNOWN}
    [newer] = bin_future_version("FundingDecided", field="conditions[].code")
    event = parse(newer.headers, newer.value)
    assert {condition.code for condition in event.data.conditions} == {records.UNKNOWN}
    for closed_or_none in ("report_id", "colour"):
        with pytest.raises(LookupError, match=f"no open enum '{closed_or_none}'"):
            bin_future_version("IncidentReported", field=closed_or_none)
    with pytest.raises(LookupError):
        bin_future_version("FundingDecided", field="decision")


@BY_TYPE
def test_poison_cannot_be_parsed(data: type[EventData]) -> None:
    for name, record in records.poisoned(data.__name__).items():
        with pytest.raises(Unreadable):
            parse(record.headers, record.value)
        assert name


def test_changes_are_checked_as_the_writer_would(bin_event: Any) -> None:
    assert bin_event("IncidentReported", severity="Minor").data.severity == "Minor"
    with pytest.raises(ValueError, match="severity"):
        bin_event("IncidentReported", severity="Terrible")
    with pytest.raises(LookupError):
        bin_event("DroneSeen")


def test_any_field_can_be_given_also_one_called_name(
    bin_record: Any, bin_event: Any, bin_duplicate: Any, bin_out_of_order: Any
) -> None:
    named: dict[str, Any] = {"name": "BIN Proefbuurt"}
    made = [bin_record("NetworkApproved", **named), *bin_duplicate("NetworkApproved", **named)]
    made += bin_out_of_order("NetworkApproved", earlier=named, later=named)
    assert {parse(record.headers, record.value).data.name for record in made} == {"BIN Proefbuurt"}
    assert bin_event("NetworkApproved", 4, **named).data.name == "BIN Proefbuurt"


def test_a_duplicate_has_the_same_id_and_bytes(bin_duplicate: Any) -> None:
    first, second = bin_duplicate("AlertSent")
    assert first == second


def test_out_of_order_has_the_later_first(bin_out_of_order: Any) -> None:
    late, early = bin_out_of_order("IncidentUpdated", earlier={"status": "PLANNED"}, later={"status": "FORWARDED"})
    assert [parse(record.headers, record.value).sequence for record in (late, early)] == [2, 1]
    assert [json.loads(record.value)["status"] for record in (late, early)] == ["FORWARDED", "PLANNED"]


@pytest.mark.bin_contract("FundingPaid>=1.0")
def test_the_marker_chooses_the_examples(bin_examples: Any) -> None:
    assert parse(bin_examples.headers, bin_examples.value).type == "be.bin.funding.paid.v1"


@pytest.mark.external
@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("IncidentReported>=9.0", "IncidentReported>=9.0 is asked, buurtsein-contracts has 1.0.0"),
        ("IncidentReported=1", "write 'IncidentReported=1' as IncidentReported>=1.0"),
        ("DroneSeen", "no event 'DroneSeen'"),
    ],
)
def test_a_test_fails_when_the_installed_package_is_older_than_its_marker(tmp_path: Path, mark: str, says: str) -> None:
    test = f'import pytest\n@pytest.mark.bin_contract("{mark}")\ndef test_it() -> None: ...\n'
    (tmp_path / "test_it.py").write_text(test)
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path))
    result = ended(PYTEST, *options, str(tmp_path), env=os.environ | ONLY_OUR_PLUGIN, folder=tmp_path)
    assert result.returncode == 1
    assert says in result.stdout

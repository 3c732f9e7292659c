"""The audit of a topic reports each kind of violation, and nothing else."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_contracts import EVENTS, EventData, uuid7
from buurtsein_contracts.audit import Audit
from buurtsein_contracts.goldens import folder_of
from buurtsein_contracts.testing import records
from buurtsein_contracts.testing.records import Record

KEY = str(uuid7())


def received(record: Record, offset: int = 0, partition: int = 0) -> ConsumerRecord:
    """Return a record in the form in which a consumer of aiokafka gets it."""
    return ConsumerRecord(
        topic=record.topic,
        partition=partition,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=record.key,
        value=record.value,
        checksum=None,
        serialized_key_size=len(record.key or b""),
        serialized_value_size=len(record.value or b""),
        headers=tuple(record.headers),
    )


def numbered(sequence: int, offset: int | None = None, partition: int = 0) -> ConsumerRecord:
    """Return an event of one stream, with this sequence."""
    record = records.as_record(records.made("FundingWithdrawn", sequence, network_id=KEY))
    return received(record, sequence - 1 if offset is None else offset, partition)


def found(*seen: ConsumerRecord) -> list[str]:
    """Audit these records, and return the codes of the problems found."""
    audit = Audit()
    for record in seen:
        audit.see(record)
    assert audit.ok is (not audit.problems)
    return [problem.split()[1].rstrip(":") for problem in audit.problems]


def with_headers(**changed: bytes | None) -> ConsumerRecord:
    headers = dict(numbered(1).headers) | {name.replace("__", "-"): value for name, value in changed.items()}
    kept = tuple((name, value) for name, value in headers.items() if value is not None)
    return replace(numbered(1), headers=kept)


def with_data(**changed: Any) -> ConsumerRecord:
    return replace(numbered(1), value=json.dumps(json.loads(numbered(1).value) | changed).encode())


VIOLATIONS: dict[str, tuple[str, Callable[[], list[ConsumerRecord]]]] = {
    "another key": ("key", lambda: [replace(numbered(1), key=b"somebody-else")]),
    "no key": ("key", lambda: [replace(numbered(1), key=None)]),
    "another partition key": ("key", lambda: [with_headers(ce_partitionkey=b"somebody-else")]),
    "another subject": ("subject", lambda: [with_headers(ce_subject=b"something-else")]),
    "another topic": ("topic", lambda: [replace(numbered(1), topic="bin.alerts")]),
    "a header that was not promised": ("headers", lambda: [with_headers(ce_secret=b"x")]),
    "a header in capitals": ("headers", lambda: [with_headers(CE_ID=b"x")]),
    "a header twice": (
        "headers",
        lambda: [replace(numbered(1), headers=(*numbered(1).headers, numbered(1).headers[0]))],
    ),
    "a header too few": ("headers", lambda: [with_headers(ce_time=None)]),
    "an id that is none": ("headers", lambda: [with_headers(ce_id=b"1")]),
    "a header that is not UTF-8": ("headers", lambda: [with_headers(ce_id=b"\xff")]),
    "no content type": ("headers", lambda: [with_headers(**{"content-type": None})]),
    "the type of another event": ("headers", lambda: [with_headers(ce_type=b"be.bin.funding.paid.v1")]),
    "a schema that is not ours": ("writer", lambda: [with_headers(ce_dataschema=b"urn:buurtsein:schema:x.y:1.0.0")]),
    "a version never released": (
        "writer",
        lambda: [with_headers(ce_dataschema=b"urn:buurtsein:schema:be.bin.funding.withdrawn.v1:1.99.0")],
    ),
    "a field that was not promised": ("writer", lambda: [with_data(note="x")]),
    "a time that is none": ("writer", lambda: [with_data(withdrawn_at="yesterday")]),
    "null for absent": ("writer", lambda: [with_data(withdrawn_at=None)]),
    "too large": ("size", lambda: [replace(numbered(1), value=numbered(1).value + b" " * 65_536)]),
    "a gap": ("sequence", lambda: [numbered(1), numbered(3)]),
    "a beginning that is not the first": ("sequence", lambda: [numbered(2, offset=0)]),
    "out of order": ("sequence", lambda: [numbered(1), numbered(3), numbered(2)]),
    "two events with one number": ("sequence", lambda: [numbered(1), numbered(1, offset=1)]),
    "one key in two partitions": ("partition", lambda: [numbered(1), numbered(2, partition=1)]),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_violation_is_reported(name: str) -> None:
    code, planted = VIOLATIONS[name]
    assert code in found(*planted())


@pytest.mark.parametrize(
    "name", [name for name in VIOLATIONS if VIOLATIONS[name][0] in {"size", "subject", "partition"}]
)
def test_a_violation_is_reported_once_and_nothing_else(name: str) -> None:
    code, planted = VIOLATIONS[name]
    assert found(*planted()) == [code]


@pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.__name__)
def test_no_committed_example_is_reported(data: type[EventData]) -> None:
    for path in sorted((folder_of(data) / "examples").iterdir()):
        assert found(received(records.from_example(data, path))) == []


def test_duplicates_and_cut_off_topics_are_not_reported() -> None:
    first, second, third = numbered(1), numbered(2), numbered(3)
    again = [replace(record, offset=record.offset + 3) for record in (first, second, third)]
    assert found(first, second, third, *again) == []
    assert found(replace(numbered(7), offset=40), numbered(8, offset=41)) == []  # retention deleted the first ones
    assert found(with_headers(**{"x-of-a-proxy": b"\xff"})) == []


@pytest.mark.parametrize("poison", records.broken("FundingWithdrawn").items(), ids=lambda poison: poison[0])
def test_unreadable_records_are_reported_and_raise_nothing(poison: tuple[str, Record]) -> None:
    assert found(received(poison[1])) != []


@given(value=st.binary() | st.from_regex(rb"[\\[{]+|NaN|-?Infinity|1e999|[0-9]{5000}|\"\\\\ud800\""), name=st.text())
def test_no_record_makes_the_audit_raise(value: bytes, name: str) -> None:
    whole = json.dumps({"network_id": None}).encode().replace(b"null", value)
    for odd in (value, whole):
        record = replace(numbered(1), value=odd, key=value, headers=(*numbered(1).headers, (f"ce_{name}", value)))
        assert found(record) != []


def test_an_audit_without_records_is_not_ok() -> None:
    assert Audit().ok is False

"""`buurtsein log recover` sorts a topic's records and divides them into requests; tested without servers."""

from types import SimpleNamespace
from typing import Any

from buurtsein_contracts import uuid7
from buurtsein_operate.operations import log
from harness.kafka import good

KEY = uuid7()


def found(key: object, version: int) -> log.Found:
    """Return a record in the form in which the command reads it from a topic."""
    _, value, headers = good(key, version)
    record: Any = SimpleNamespace(partition=0, offset=version, value=value, headers=headers)
    return log._found(record)


def test_a_record_is_sent_with_the_text_of_its_headers_and_value() -> None:
    _, value, headers = good(KEY, 7)
    record: Any = SimpleNamespace(value=value, headers=headers)
    one = log._found(record)
    assert (one.key, one.sequence, one.value) == (str(KEY), 7, value.decode())
    assert one.headers == {name: text.decode() for name, text in headers}


def test_bytes_that_are_no_text_are_left_out_and_not_changed() -> None:
    record: Any = SimpleNamespace(value=b'{"name": "\xff"}', headers=[("ce_id", b"\xff"), ("ce_type", b"a.type")])
    one = log._found(record)
    assert (one.value, one.headers, one.key, one.sequence) == ("", {"ce_type": "a.type"}, "", 0)


def test_a_request_has_few_enough_records_and_bytes() -> None:
    many = [found(KEY, version) for version in range(1, 251)]
    assert [len(part) for part in log.parts(many[:10])] == [10]
    sent = list(log.parts(many))
    assert [one for part in sent for one in part] == many
    assert all(len(part) <= 100 and sum(one.size for one in part) <= log.MOST_BYTES for part in sent)
    large = log.Found("key", 1, "id", {}, "x" * 60_000)
    assert [len(part) for part in log.parts([large, *many[:2], large])] == [1, 2, 1]
    assert list(log.parts([])) == []


def test_a_dry_run_of_several_requests_tells_what_would_be_recovered() -> None:
    other = uuid7()
    records = [*(found(KEY, version) for version in (2, 3, 4, 6)), found(other, 2)]
    assert log.continued(records, ["recovered", "gap", "gap", "gap", "gap"]) == [*["recovered"] * 3, "gap", "gap"]
    assert log.continued(records[:2], ["conflict", "gap"]) == ["conflict", "gap"]

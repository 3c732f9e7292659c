"""The class `InOrder` applies each event once and in order, despite duplicates, gaps and unreadable records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_contracts import InOrder, Turn, place_of, turn
from buurtsein_contracts.in_order import WAIT
from buurtsein_contracts.testing.records import Record, as_record, made, poisoned

ALERT = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8095"
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def sent(sequence: int, name: str = "AlertSent") -> Record:
    return as_record(made(name, sequence, alert_id=ALERT))


def unreadable(kind: str, sequence: int) -> Record:
    """Return an unreadable record with the key of `ALERT` and this sequence number."""
    found = poisoned("AlertSent")[kind]
    place: dict[str, bytes | None] = {"ce_partitionkey": ALERT.encode(), "ce_sequence": f"{sequence:020d}".encode()}
    headers = dict(found.headers) | place if found.headers else {}
    return Record(found.topic, found.key, found.value, list(headers.items()))


def taken(streams: InOrder, *records: Record, now: datetime = NOW) -> list[tuple[int, bool]]:
    """Return the sequence numbers of the applied events, and whether each of these events came late."""
    steps = [streams.take(record.headers, record.value, now).events for record in records]
    return [(event.sequence, late) for found in steps for event, late in found]


@pytest.mark.parametrize(
    ("last", "sequence", "applied", "expected"),
    [
        (None, 1, False, Turn.NEXT),
        (None, 7, False, Turn.NEXT),
        (3, 4, False, Turn.NEXT),
        (3, 3, True, Turn.DUPLICATE),
        (3, 2, False, Turn.LATE),
        (3, 5, False, Turn.EARLY),
    ],
)
def test_turn_compares_an_event_with_the_last_sequence(
    last: int | None, sequence: int, applied: bool, expected: Turn
) -> None:
    assert turn(last, sequence, applied=applied) is expected


@pytest.mark.parametrize("kind", ["unknown type", "unknown version", "not JSON", "a required field less"])
def test_a_record_that_is_put_aside_keeps_its_place(kind: str) -> None:
    streams = InOrder()
    assert taken(streams, sent(1)) == [(1, False)]
    assert streams.take(unreadable(kind, 2).headers, unreadable(kind, 2).value, NOW).aside is not None
    assert taken(streams, sent(3)) == [(3, False)]
    assert taken(streams, sent(2)) == [(2, True)]  # read again with a newer package: late, and not lost
    assert taken(streams, sent(2)) == []


def test_a_record_without_readable_headers_leaves_a_gap_that_is_skipped_after_a_wait() -> None:
    streams = InOrder()
    assert taken(streams, sent(1), unreadable("no headers", 2), sent(3), sent(4)) == [(1, False)]
    assert streams.overdue(NOW + WAIT - timedelta(seconds=1)) == []
    assert [event.sequence for event, _ in streams.overdue(NOW + WAIT)] == [3, 4]
    assert taken(streams, sent(5), sent(2)) == [(5, False), (2, True)]


def test_a_replay_from_before_the_first_event_seen_is_late_and_not_lost() -> None:
    streams = InOrder()
    assert taken(streams, sent(7), sent(8)) == [(7, False), (8, False)]
    assert taken(streams, sent(5), sent(6), sent(7), sent(8)) == [(5, True), (6, True)]


def test_a_record_that_is_read_again_too_early_waits_for_its_turn() -> None:
    streams = InOrder()
    assert taken(streams, sent(1), unreadable("not JSON", 3), sent(4)) == [(1, False)]
    assert taken(streams, sent(2)) == [(2, False), (4, False)]


@given(st.permutations(range(1, 7)), st.lists(st.integers(1, 6), max_size=6), st.sets(st.integers(1, 6), max_size=3))
def test_in_any_order_each_event_is_applied_once(order: list[int], again: list[int], broken: set[int]) -> None:
    """Unreadable records, which are put aside, are part of the test and are read again at the end."""
    streams = InOrder()
    first = [unreadable("not JSON", n) if n in broken else sent(n) for n in order]
    seen = taken(streams, *first, *map(sent, set(again) - broken))
    seen += [(event.sequence, late) for event, late in streams.overdue(NOW + WAIT)]
    seen += taken(streams, *map(sent, sorted(broken)))
    assert sorted(sequence for sequence, _ in seen) == [1, 2, 3, 4, 5, 6]
    in_turn = [sequence for sequence, late in seen if not late]
    assert in_turn == sorted(in_turn)


@pytest.mark.parametrize("sequence", [b"7", b"00000000000000000000", b"99999999999999999999", b"\xff", None])
def test_headers_without_key_or_sequence_give_no_place(sequence: Any) -> None:
    headers = dict(sent(7).headers)
    assert place_of(list(headers.items())) == (ALERT, 7)
    assert place_of(list((headers | {"ce_sequence": sequence}).items())) is None

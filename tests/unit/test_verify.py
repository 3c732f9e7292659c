"""`buurtsein verify` finds each kind of wrong record on a topic; tested without servers."""

from collections.abc import Sequence
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from buurtsein_contracts import uuid7
from buurtsein_contracts.topics import NETWORKS
from buurtsein_operate.operations.on_topic import OnTopic, event_id_in
from harness.kafka import good

KEY = uuid7()
STREAM = {version: good(KEY, version) for version in (1, 2, 3)}


def row(version: int) -> dict[str, Any]:
    """Return the event log row for an event."""
    key, value, headers = STREAM[version]
    said = {name: text.decode() for name, text in headers}
    return {
        "key": key.decode(),
        "version": version,
        "event_id": event_id_in(headers),
        "type": said["ce_type"],
        "digest": sha256(value).digest(),
    }


def read(versions: Sequence[int]) -> OnTopic:
    """Return the result of comparing these versions, read from one partition in this order, with the event log."""
    rows: Any = {row(version)["event_id"]: row(version) for version in STREAM}
    topic = OnTopic(NETWORKS, rows)
    for offset, version in enumerate(versions):
        key, value, headers = STREAM[version]
        record: Any = SimpleNamespace(partition=0, offset=offset, key=key, value=value, headers=headers)
        topic.take(record)
    return topic


@pytest.mark.parametrize(
    ("versions", "wrong"),
    [
        ([1, 2, 3], []),
        ([1, 2, 1, 2, 3], []),  # a relay crashed before it deleted the outbox rows
        ([1, 2, 3, 2], []),  # one old event is sent again
        ([3, 1, 2, 3], []),  # a replay, after retention removed the first records
        ([2, 1, 3], [1]),
        ([3, 1, 2], [1, 2]),
        ([2, 1, 2, 1], []),  # right: a consumer drops the first 2, then applies 1, 2
        ([2, 1, 1], [1]),
    ],
)
def test_an_event_comes_before_the_last_record_of_a_later_one(versions: list[int], wrong: list[int]) -> None:
    topic = read(versions)
    assert [each.version for each in topic.out_of_order()] == wrong
    assert topic.altered == []
    assert topic.resent == len(versions) - len(set(versions))


@pytest.mark.parametrize("said", [b"", b"7", b"\xff", None])
def test_a_record_without_a_readable_id_claims_none(said: bytes | None) -> None:
    assert event_id_in([("ce_id", said)]) is None
    assert event_id_in([]) is None

"""The restore rehearsal finds each kind of loss in made-up topics and event logs."""

from collections import defaultdict
from uuid import UUID

import pytest
from rehearsals.restore.ledger import Place, Published, judged

ONE, TWO, THREE, OTHER = (UUID(int=number) for number in range(1, 5))


def stream(*ids: UUID) -> dict[UUID, Place]:
    """Return one stream of events with these ids, numbered from 1."""
    return {event_id: Place("bin.networks", "key", number) for number, event_id in enumerate(ids, 1)}


def on_topics(*streams: dict[UUID, Place]) -> Published:
    """Return these streams' events as if read from topics; events with equal sequence numbers are kept side by side."""
    places: dict[Place, set[UUID]] = defaultdict(set)
    for event_id, place in [item for one in streams for item in one.items()]:
        places[place].add(event_id)
    return Published(places)


def wrong(before: dict[UUID, Place], topics: Published, logs: dict[UUID, Place]) -> list[str]:
    return [line.what for line in judged(before, topics, logs) if not line.right]


def test_topics_and_logs_that_have_all_that_was_published_add_up() -> None:
    assert wrong(stream(ONE, TWO), on_topics(stream(ONE, TWO, THREE)), stream(ONE, TWO, THREE)) == []


def test_a_sequence_that_was_used_again_and_an_event_that_is_lost_differ() -> None:
    """The recovery was skipped, so that the event log has another second event than the topic."""
    found = wrong(stream(ONE, TWO), on_topics(stream(ONE, TWO), stream(ONE, OTHER)), stream(ONE, OTHER))
    assert "published before the disaster, and lost from the logs" in found
    assert "sequences that two events have" in found


@pytest.mark.parametrize(
    ("topics", "logs", "what"),
    [
        ([ONE], [ONE, TWO], "published before the disaster, and lost from the topics"),
        ([TWO, ONE], [ONE, TWO], "events with another sequence in the log than on the topic"),
        ([ONE, TWO, THREE], [ONE, TWO], "events on the topics = events in the logs"),
    ],
)
def test_each_other_difference_is_seen(topics: list[UUID], logs: list[UUID], what: str) -> None:
    assert what in wrong(stream(ONE, TWO), on_topics(stream(*topics)), stream(*logs))


def test_a_sequence_that_is_missing_on_a_topic_differs() -> None:
    gap = {ONE: Place("bin.networks", "key", 1), THREE: Place("bin.networks", "key", 3)}
    assert wrong({}, on_topics(gap), gap) == ["sequences missing on a topic"]

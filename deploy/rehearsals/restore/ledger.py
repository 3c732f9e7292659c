"""Reads all event logs and topics, and checks that events published before a disaster are still in both.

Invariant: an event is named by its id, and its place is topic, key and sequence; no figure has a tolerance.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import asyncpg
from aiokafka import ConsumerRecord

from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.manifest import topics
from buurtsein_contracts.envelope import place_of
from buurtsein_operate.operations.on_topic import event_id_in, read
from rehearsals.lines import Line


class Place(NamedTuple):
    """The place of an event: its topic, its key and its sequence number."""

    topic: str
    key: str
    sequence: int


@dataclass(slots=True)
class Published:
    """The events found on all topics: for each topic, key and sequence number, the set of event ids (normally one)."""

    places: dict[Place, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    @property
    def events(self) -> dict[UUID, Place]:
        """Return each event's topic, key and sequence number, by event id."""
        return {event_id: place for place, ids in self.places.items() for event_id in ids}

    def used_twice(self) -> int:
        """Return how many sequence numbers were used for more than one event."""
        return sum(len(ids) > 1 for ids in self.places.values())

    def gaps(self) -> int:
        """Return how many sequence numbers are missing before the last one of each stream."""
        last: dict[tuple[str, str], int] = {}
        for topic, key, sequence in self.places:
            last[topic, key] = max(sequence, last.get((topic, key), 0))
        return sum(last.values()) - len(self.places)


async def published(access: KafkaAccess) -> Published:
    """Read all topics from their beginning, and return the events that are on them."""
    found = Published()
    for topic in topics():

        def take(record: ConsumerRecord, name: str = topic.name) -> None:
            event_id, place = event_id_in(record.headers), place_of(record.headers)
            if event_id and place:
                found.places[Place(name, place.key, place.sequence)].add(event_id)

        await read(access, topic, take)
    return found


async def logged(databases: Mapping[str, str]) -> dict[UUID, Place]:
    """Return the topic, key and sequence number of each event in the event logs of all services."""
    found: dict[UUID, Place] = {}
    for dsn in databases.values():
        connection = await asyncpg.connect(dsn)
        for row in await connection.fetch("select event_id, topic, key, version from event_log"):
            found[row["event_id"]] = Place(row["topic"], row["key"], row["version"])
        await connection.close()
    return found


def judged(before: Mapping[UUID, Place], on_topics: Published, in_logs: Mapping[UUID, Place]) -> list[Line]:
    """Check that the events published before the disaster are in the topics and logs after the restore."""
    lost = sum(event_id not in in_logs for event_id in before)
    moved = sum(in_logs.get(event_id, place) != place for event_id, place in on_topics.events.items())
    return [
        Line("published before the disaster, and lost from the logs", 0, lost),
        Line("published before the disaster, and lost from the topics", 0, len(before.keys() - on_topics.events)),
        Line("sequences that two events have", 0, on_topics.used_twice()),
        Line("events with another sequence in the log than on the topic", 0, moved),
        Line("sequences missing on a topic", 0, on_topics.gaps()),
        Line("events on the topics = events in the logs", len(on_topics.events), len(in_logs)),
    ]

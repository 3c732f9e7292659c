"""Event log, topic and consumers of one topic, compared: whatever differs and is not explained is a difference.

An event that was recorded must be on its topic (unless it is pending, frozen, or older than the topic keeps), and each
reader must have applied it (unless it is parked or a dead letter). Only events older than the start of the comparison
count, so that it can be repeated until what was under way has arrived.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from buurtsein_contracts import Unreadable, parse
from buurtsein_contracts.topics import Topic
from buurtsein_deploy.operations.reach import Reach

type Place = tuple[str, int]
"""Key and version."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What one reader made of a topic."""

    consumer: str
    applied: int
    missing: int
    """Neither applied nor parked nor dead."""
    ahead: int
    """Streams further than their owner ever wrote."""
    parked: int
    dead: int

    @property
    def balanced(self) -> bool:
        """Whether it applied everything."""
        return not (self.missing or self.ahead or self.parked or self.dead)


@dataclass(frozen=True, slots=True)
class Compared:
    """One topic."""

    topic: str
    logged: int
    pending: int
    frozen: int
    published: int
    resent: int
    """Records that are there once more than needed; harmless."""
    unpublished: int
    """Neither on the topic nor pending nor frozen."""
    unknown: int
    """On the topic, and its owner never recorded them."""
    unreadable: int
    """Records that are no events; each is a dead letter, and stays on the topic when that was settled."""
    consumers: list[Followed]

    @property
    def balanced(self) -> bool:
        """Whether nothing differs."""
        wrong = self.frozen or self.unpublished or self.unknown
        return not wrong and all(one.balanced for one in self.consumers)


@dataclass(frozen=True, slots=True)
class _Held:
    parked: set[Place]
    dead: Counter[Place]
    """An unreadable record has neither key nor version."""


@dataclass(frozen=True, slots=True)
class _Logged:
    rows: Sequence[asyncpg.Record]
    pending: set[int]
    frozen: set[int]
    known: set[UUID]
    versions: dict[str, int]

    @property
    def due(self) -> list[asyncpg.Record]:
        """Events that should have reached everybody."""
        return [row for row in self.rows if row["id"] not in self.pending and row["id"] not in self.frozen]


async def compare(where: Reach, topic: Topic, until: datetime) -> Compared:
    """Compare one topic, for events recorded until a time."""
    followed = {name: await _positions(where, name, topic) for name in topic.readers}
    wire, unreadable = await _on_topic(where, topic)
    logged = await _logged(where, topic, until, set(wire))
    kept_since = until - timedelta(days=topic.retention_days) if topic.retention_days is not None else None
    expected = {row["event_id"] for row in logged.due if kept_since is None or row["occurred_at"] > kept_since}
    return Compared(
        topic=topic.name,
        logged=len(logged.rows),
        pending=len(logged.pending),
        frozen=len(logged.frozen),
        published=len(wire),
        resent=wire.total() - len(wire),
        unpublished=len(expected - wire.keys()),
        unknown=len(wire.keys() - logged.known),
        unreadable=unreadable,
        consumers=[_followed(name, topic, logged, *state) for name, state in followed.items()],
    )


def _followed(name: str, topic: Topic, logged: _Logged, positions: dict[str, int], held: _Held) -> Followed:
    places = {(row["key"], row["version"]) for row in logged.due}
    applied = {(key, version) for key, version in places if version <= positions.get(key, 0)}
    return Followed(
        consumer=f"{name}.{topic.name.removeprefix('bin.')}",
        applied=len(applied),
        missing=len(places - applied - held.parked - held.dead.keys()),
        ahead=sum(version > logged.versions.get(key, 0) for key, version in positions.items()),
        parked=len(held.parked),
        dead=held.dead.total(),
    )


async def _positions(where: Reach, service: str, topic: Topic) -> tuple[dict[str, int], _Held]:
    consumer = f"{service}.{topic.name.removeprefix('bin.')}"
    async with where.database(service) as connection, connection.transaction(isolation="repeatable_read"):
        rows = await connection.fetch(
            "select key, version from stream_position where consumer = $1 and topic = $2", consumer, topic.name
        )
        parked = await connection.fetch(
            "select key, version from parked where consumer = $1 and topic = $2", consumer, topic.name
        )
        dead = await connection.fetch(
            "select key, version from dead_letter where consumer = $1 and topic = $2 and state = 'dead'",
            consumer,
            topic.name,
        )
    positions = {row["key"]: row["version"] for row in rows}
    return positions, _Held({tuple(row) for row in parked}, Counter(tuple(row) for row in dead))


async def _logged(where: Reach, topic: Topic, until: datetime, wire: set[UUID]) -> _Logged:
    async with where.database(topic.owner) as connection, connection.transaction(isolation="repeatable_read"):

        async def column(query: str, *arguments: Any) -> set[Any]:
            return {row[0] for row in await connection.fetch(query, *arguments)}

        rows = await connection.fetch(
            "select id, event_id, key, version, occurred_at from event_log where topic = $1 and occurred_at <= $2",
            topic.name,
            until,
        )
        pending = "select p.id from outbox_pending p join event_log l using (id) where l.topic = $1"
        known = "select event_id from event_log where event_id = any($1)"
        streams = await connection.fetch("select key, version from event_stream where topic = $1", topic.name)
        return _Logged(
            rows=rows,
            pending=await column(pending, topic.name),
            frozen=await column("select id from outbox_frozen where topic = $1", topic.name),
            known=await column(known, list(wire)),
            versions={row["key"]: row["version"] for row in streams},
        )


async def _on_topic(where: Reach, topic: Topic) -> tuple[Counter[UUID], int]:
    """How often each event is on a topic, and how many records are none."""
    found: Counter[UUID] = Counter()
    unreadable = 0
    consumer = AIOKafkaConsumer(auto_offset_reset="earliest", **where.kafka().client_options())
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for record in batch:
                    try:
                        found[parse(record.headers, record.value).id] += 1
                    except Unreadable:
                        unreadable += 1
    finally:
        await consumer.stop()
    return found, unreadable

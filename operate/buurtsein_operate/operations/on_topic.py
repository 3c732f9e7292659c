"""Reads a topic from its beginning and compares each record with the event log.

Invariant: no record value stays in memory. Only the offsets of a recorded event and the identity of a wrong record do.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.inbox import Headers
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_contracts import Unreadable, parse
from buurtsein_contracts.envelope import SEQUENCE_DIGITS
from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations.differences import Difference, of

ALTERED = ("wrong_key", "wrong_sequence", "wrong_type", "wrong_value")

STALLED_SECONDS = 30.0
"""Reading fails when the broker returns nothing for this many seconds before the end of the topic."""


def event_id_in(headers: Headers) -> UUID | None:
    """Return the event id in a record's headers, or None; the event itself need not be readable by this release."""
    try:
        return UUID(_by_name(headers).get("ce_id", b"").decode())
    except ValueError:
        return None


@dataclass(slots=True)
class Places:
    """The partition of one event, and the offsets of its first and its last copy."""

    partition: int
    first: int
    last: int


@dataclass(slots=True)
class OnTopic:
    """Compares the records of one topic with the event log, and stores each event's offsets and the differences."""

    topic: Topic
    rows: Mapping[UUID | None, asyncpg.Record]
    """The recorded events, by event id."""
    seen: dict[UUID, Places] = field(default_factory=dict)
    """The offsets of those events of `rows` that were found on the topic."""
    altered: list[Difference] = field(default_factory=list)
    """The records whose key, sequence, type or value differs from the log."""
    strangers: dict[UUID, Difference] = field(default_factory=dict)
    """The events on the topic that are not in `rows`, because they were recorded later or never."""
    resent: int = 0
    unreadable: int = 0

    def take(self, record: ConsumerRecord) -> None:
        """Compare the next record with the event log, and store the result."""
        event_id = event_id_in(record.headers)
        row = self.rows.get(event_id)
        if event_id is None or row is None:
            self._stranger(record)
            return
        self._place(event_id, record)
        self.altered += [of(what, self.topic.name, row) for what in _altered(row, record)]

    def out_of_order(self) -> list[Difference]:
        """Return the events that are in the wrong order on the topic, such as version 2 of a stream after version 3.

        An event is in a wrong order when its first record comes after the last record of a later event. The last
        record counts because, after retention, a replay can leave the versions 3, 1, 2, 3; that order is right.
        """
        lowest: dict[tuple[int, str], int] = {}
        wrong = []
        for event_id in sorted(self.seen, key=lambda each: -self.rows[each]["version"]):
            places, row = self.seen[event_id], self.rows[event_id]
            following = lowest.setdefault((places.partition, row["key"]), places.last)
            if following < places.first:
                wrong.append(of("out_of_order", self.topic.name, row))
            lowest[places.partition, row["key"]] = min(following, places.last)
        return wrong[::-1]

    def _place(self, event_id: UUID, record: ConsumerRecord) -> None:
        places = self.seen.get(event_id)
        if places is None:
            self.seen[event_id] = Places(record.partition, record.offset, record.offset)
            return
        self.resent += 1
        if places.partition == record.partition:
            places.last = record.offset

    def _stranger(self, record: ConsumerRecord) -> None:
        try:
            event = parse(record.headers, record.value)
        except Unreadable:
            self.unreadable += 1
        else:
            self.strangers[event.id] = Difference("unknown", self.topic.name, event.key, event.sequence, event.id)


async def read(
    access: KafkaAccess, topic: Topic, take: Callable[[ConsumerRecord], None], since: datetime | None = None
) -> None:
    """Read a topic from its beginning or from a time to its present end, and call `take` with each record.

    Raises:
        CommandError: `kafka`, when the broker refuses or returns nothing.
    """
    consumer = AIOKafkaConsumer(auto_offset_reset="earliest", enable_auto_commit=False, **access.client_options())
    try:
        async with asyncio.timeout(STALLED_SECONDS) as deadline:
            await consumer.start()
            partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
            consumer.assign(partitions)
            if since is not None:
                await _skip(consumer, partitions, since)
            await _to_the_end(consumer, partitions, take, deadline)
    except TimeoutError as error:
        sentence = f"{topic.name} cannot be read: nothing came from {access.bootstrap} for {STALLED_SECONDS:g} s"
        raise CommandError("kafka", sentence) from error
    except KafkaError as error:
        raise CommandError("kafka", f"{topic.name} cannot be read: {type(error).__name__}") from error
    finally:
        await consumer.stop()


async def _skip(consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], since: datetime) -> None:
    """Move each partition to its first record at or after a time; without such a record, to its end."""
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
    ends = await consumer.end_offsets(partitions)
    for partition in partitions:
        place = found[partition]
        consumer.seek(partition, ends[partition] if place is None else place.offset)


async def _to_the_end(
    consumer: AIOKafkaConsumer,
    partitions: Sequence[TopicPartition],
    take: Callable[[ConsumerRecord], None],
    deadline: asyncio.Timeout,
) -> None:
    ends = await consumer.end_offsets(partitions)
    while any([await consumer.position(partition) < end for partition, end in ends.items()]):
        batches = await consumer.getmany(timeout_ms=500)
        for record in (record for batch in batches.values() for record in batch):
            take(record)
        if batches:
            deadline.reschedule(asyncio.get_running_loop().time() + STALLED_SECONDS)


def _by_name(headers: Headers) -> dict[str, bytes]:
    return {name.lower(): value or b"" for name, value in headers}


def _altered(row: asyncpg.Record, record: ConsumerRecord) -> Iterator[str]:
    """Yield the names of the parts (key, type and so on) in which a record differs from the event with its id."""
    headers, key = _by_name(record.headers), row["key"].encode()
    if (record.key, headers.get("ce_partitionkey")) != (key, key):
        yield "wrong_key"
    if headers.get("ce_sequence") != f"{row['version']:0{SEQUENCE_DIGITS}d}".encode():
        yield "wrong_sequence"
    if headers.get("ce_type") != row["type"].encode():
        yield "wrong_type"
    if sha256(record.value or b"").digest() != row["digest"]:
        yield "wrong_value"

"""Reads the topics and checks each record. Needs the extra `kafka`.

Invariant: it joins no consumer group and commits no offsets, so it never disturbs a consumer.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from buurtsein_contracts.audit import Promise, attributes_of
from buurtsein_contracts.envelope import Unreadable, parse
from buurtsein_contracts.events import EVENTS

_PROMISE = Promise()


@dataclass(frozen=True, slots=True)
class Access:
    """The address, protocol and credentials with which a Kafka user connects to Kafka."""

    bootstrap: str
    security_protocol: str
    username: str
    password: str
    ca_file: str | None = None
    """The file with the CA certificate of the broker, when the machine does not already trust that CA."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter for the records to read: their topics, their event types, and the moment at which to begin.

    With empty `topics`, all topics are read that contain these types and that the Kafka user may read. Empty `types`
    means all types. Without `since`, reading starts at the beginning of the topics.
    """

    topics: tuple[str, ...]
    types: frozenset[str]
    since: datetime | None
    follow: bool
    validate: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One record that was read from a topic.

    `problem` says why it cannot be read, or which rule its writer broke; None when it is right.
    """

    topic: str
    partition: int
    offset: int
    type: str
    key: str
    sequence: str
    time: str
    problem: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of this record as a dict for JSON output."""
        return {name: getattr(self, name) for name in self.__slots__}

    def as_line(self, *, validate: bool) -> str:
        """Return this record as one line of text for people."""
        verdict = f"  {self.problem or 'ok'}" if validate or self.problem else ""
        place = f"{self.topic}/{self.partition}@{self.offset}"
        return f"{self.time}  {place:24} {self.type:40} {self.key} #{self.sequence.lstrip('0')}{verdict}"


async def follow(access: Access, wanted: Wanted, show: Callable[[Seen], None]) -> None:
    """Pass each record of the wanted types to `show`, until the end of the topics or for ever.

    Raises:
        ConnectionError: as `each_record`.
    """

    def judged(record: ConsumerRecord) -> None:
        seen = _seen(record, strict=wanted.validate)
        if not wanted.types or seen.type in wanted.types:
            show(seen)

    await each_record(access, wanted, judged)


async def each_record(access: Access, wanted: Wanted, handle: Callable[[ConsumerRecord], None]) -> None:
    """Pass every record of the wanted topics to `handle`, in order within each partition.

    Raises:
        ConnectionError: Kafka cannot be reached, or refuses this principal; the message says which.
    """
    consumer = _consumer(access)
    try:
        await consumer.start()
        partitions = await _assigned(consumer, wanted, wanted.topics or await _readable(consumer, wanted.types, access))
        ends = await consumer.end_offsets(partitions)
        while wanted.follow or any([await consumer.position(p) < ends[p] for p in partitions]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    handle(record)
    except (KafkaError, TimeoutError) as error:
        raise ConnectionError(f"Kafka at {access.bootstrap} as {access.username}: {error!r}") from error
    finally:
        await consumer.stop()


def _consumer(access: Access) -> AIOKafkaConsumer:
    encrypted = access.security_protocol == "SASL_SSL"
    return AIOKafkaConsumer(
        bootstrap_servers=access.bootstrap,
        security_protocol=access.security_protocol,
        ssl_context=ssl.create_default_context(cafile=access.ca_file) if encrypted else None,
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=access.username,
        sasl_plain_password=access.password,
        auto_offset_reset="earliest",
    )


async def _readable(consumer: AIOKafkaConsumer, types: frozenset[str], access: Access) -> tuple[str, ...]:
    """Return the topics with events of these types that this Kafka user is allowed to read.

    Raises:
        ConnectionError: it may read none of them.
    """
    holding = {topic.name for data in EVENTS if data.TYPE in types or not types for topic in data.topics()}
    readable = holding & await consumer.topics()
    if not readable:
        refused = ", ".join(sorted(holding))
        raise ConnectionError(f"{access.username} may not read {refused}: name another with --principal")
    return tuple(sorted(readable))


async def _assigned(consumer: AIOKafkaConsumer, wanted: Wanted, topics: tuple[str, ...]) -> list[TopicPartition]:
    partitions = [TopicPartition(name, number) for name in topics for number in await _numbers(consumer, name)]
    consumer.assign(partitions)
    if wanted.since is None:
        await consumer.seek_to_beginning(*partitions)
        return partitions
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(wanted.since.timestamp() * 1000)))
    ends = await consumer.end_offsets(partitions)
    for partition in partitions:
        later = found[partition]
        consumer.seek(partition, ends[partition] if later is None else later.offset)
    return partitions


async def _numbers(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    """Return the topic's partition numbers; waits at most ten seconds until aiokafka has fetched the metadata."""
    consumer.subscribe([topic])
    async with asyncio.timeout(10):
        while not (numbers := consumer.partitions_for_topic(topic)):
            if topic in consumer._client.cluster.unauthorized_topics:  # noqa: SLF001 - it tells nowhere else
                raise TopicAuthorizationFailedError(topic)
            await asyncio.sleep(0.05)
    consumer.unsubscribe()
    return sorted(numbers)


def _seen(record: ConsumerRecord, *, strict: bool) -> Seen:
    attributes = attributes_of(record)
    return Seen(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        type=attributes.get("type", "?"),
        key=(record.key or b"").decode("utf-8", "replace"),
        sequence=attributes.get("sequence", ""),
        time=attributes.get("time", ""),
        problem=_problem(record, strict=strict),
    )


def _problem(record: ConsumerRecord, *, strict: bool) -> str | None:
    try:
        event = parse(record.headers, record.value)
    except Unreadable as error:
        return f"{error.code}: {error.detail}"
    if record.key != event.key.encode():
        return "key: the record's key is not the key of the data"
    places = [topic.name for topic in event.data.topics()]
    if record.topic not in places:
        return f"topic: {event.type} belongs on {' or '.join(places)}"
    return "; ".join(_PROMISE.broken_by(record)) or None if strict else None

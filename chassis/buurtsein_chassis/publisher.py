"""Rows of the outbox, packed for their partitions and sent, and what the broker answers for each.

Invariant: a partition's parcels go one after another and stop at the first that was not acknowledged, so within one
topic and key nothing is published past an event that was not.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
)
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from buurtsein_chassis import telemetry
from buurtsein_contracts.envelope import attributes, kafka_headers

_REFUSED_FOR_GOOD = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    PolicyViolationError,
    InvalidTopicError,
)

log = structlog.get_logger("relay")

type StreamKey = tuple[str, str]
type Rows = Sequence[asyncpg.Record]


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the rows that were sent; what is in neither must be tried again."""

    acknowledged: list[int] = field(default_factory=list)
    """Ids of rows that are on their topic."""
    refused: dict[StreamKey, str] = field(default_factory=dict)
    """Streams that the broker will never take, with its reason."""


def stream_of(row: asyncpg.Record) -> StreamKey:
    """What order is kept within."""
    return row["topic"], row["key"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Rows of one partition in the form in which they go to the broker."""

    rows: Rows
    batch: BatchBuilder
    spans: Sequence[telemetry.Span]

    def end_spans(self, *, failed: bool) -> None:
        """The broker has answered."""
        for span in self.spans:
            span.end({}, failed=failed)


@dataclass(frozen=True, slots=True)
class Load:
    """Rows of the outbox, and those that can be sent as parcels, by topic and partition, in order."""

    rows: Rows
    parcels: Mapping[tuple[str, int], Sequence[Parcel]]


class Publisher:
    """Packs and sends: two steps, so that the next rows are packed while the database settles the last."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        """`producer` has been started."""
        self._producer = producer
        self._number_for = DefaultPartitioner()

    async def pack(self, rows: Rows) -> Load:
        """Rows of frozen streams, and of topics whose partitions cannot be known now, are in no parcel."""
        numbers = {topic: await self._partitions(topic) for topic in {row["topic"] for row in rows}}
        places: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            there = numbers[row["topic"]]
            if there and not row["frozen"]:
                places[row["topic"], self._number_for(row["key"].encode(), there, there)].append(row)
        return Load(rows, {place: list(self._parcels(inside)) for place, inside in places.items()})

    async def send(self, load: Load) -> Answers:
        """Send, in order within each partition; what goes wrong with Kafka is in the answers."""
        answers = Answers()
        await asyncio.gather(*(self._send_to(*place, parcels, answers) for place, parcels in load.parcels.items()))
        return answers

    async def _partitions(self, topic: str) -> list[int]:
        try:
            return sorted(await self._producer.partitions_for(topic))
        except KafkaError as error:
            log.warning("relay.topic_unknown", topic=topic, error=type(error).__name__)
            return []

    async def _send_to(self, topic: str, number: int, parcels: Sequence[Parcel], answers: Answers) -> None:
        """Parcel by parcel; when one is refused, row by row, to find the row that is meant."""
        waiting = deque(parcels)
        while waiting:
            parcel = waiting.popleft()
            error = await _error_of(self._producer.send_batch(parcel.batch, topic, partition=number))
            parcel.end_spans(failed=error is not None)
            if error is None:
                answers.acknowledged.extend(row["id"] for row in parcel.rows)
                continue
            left = [row for part in (parcel, *waiting) for row in part.rows]
            if not isinstance(error, _REFUSED_FOR_GOOD):
                log.warning("relay.send_failed", topic=topic, error=type(error).__name__, left=len(left))
                return
            if len(parcel.rows) == 1:
                answers.refused[stream_of(parcel.rows[0])] = type(error).__name__
            waiting = deque(self._parcel([row]) for row in left if stream_of(row) not in answers.refused)

    def _parcels(self, rows: Rows) -> Iterator[Parcel]:
        while rows:
            parcel = self._parcel(rows)
            yield parcel
            rows = rows[len(parcel.rows) :]

    def _parcel(self, rows: Rows) -> Parcel:
        """As many of the rows as fit, at least one."""
        batch, spans = self._producer.create_batch(), list[telemetry.Span]()
        for taken, row in enumerate(rows):
            headers = kafka_headers(_attributes(row))
            span = telemetry.publishing(row["topic"], row["traceparent"])
            if span:
                spans.append(span)
                headers = [*(pair for pair in headers if pair[0] != "traceparent"), _hop(span)]
            if batch.append(timestamp=None, key=row["key"].encode(), value=row["value"], headers=headers) is None:
                return Parcel(rows[:taken], batch, spans)
        return Parcel(rows, batch, spans)


async def _error_of(sending: Awaitable[Awaitable[object]]) -> KafkaError | None:
    """None when the broker has acknowledged."""
    try:
        await (await sending)
    except KafkaError as error:
        return error
    return None


def _hop(span: telemetry.Span) -> tuple[str, bytes]:
    return "traceparent", span.traceparent.encode()


def _attributes(row: asyncpg.Record) -> dict[str, str]:
    return attributes(
        id=row["event_id"],
        source=row["source"],
        type=row["type"],
        subject=row["subject"],
        time=row["time"],
        dataschema=row["data_schema"],
        key=row["key"],
        sequence=row["version"],
        correlationid=row["correlation_id"],
        causationid=row["causation_id"],
        traceparent=row["traceparent"],
    )

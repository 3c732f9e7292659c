"""Sends outbox rows to Kafka in batches for each partition, and reports the result for each row.

Invariant: the batches of a partition are sent one after another, and sending stops at the first that is not
acknowledged. Therefore, within one topic and key, no event is published before an earlier one.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Container, Iterable, Iterator, Mapping, Sequence
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
from aiokafka.producer.message_accumulator import BatchBuilder

from buurtsein_chassis import telemetry
from buurtsein_chassis.partitioner import partition_of
from buurtsein_contracts.envelope import attributes, kafka_headers

_REFUSED_FOR_GOOD = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    PolicyViolationError,
    InvalidTopicError,
)

PARTITIONS_SECONDS = 2.0

log = structlog.get_logger("relay")

type StreamKey = tuple[str, str]
type Rows = Sequence[asyncpg.Record]


@dataclass(frozen=True, slots=True)
class SendResults:
    """The results of sending rows; a row that was neither acknowledged nor refused must be sent again."""

    acknowledged: list[int] = field(default_factory=list)
    """The ids of rows that Kafka acknowledged."""
    refused: dict[StreamKey, str] = field(default_factory=dict)
    """The streams with a row that the broker will never accept, and its reason."""


def stream_of(row: asyncpg.Record) -> StreamKey:
    """Return topic and key of an outbox row; events with equal topic and key are published in order."""
    return row["topic"], row["key"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A batch: rows of one partition, encoded for the broker."""

    rows: Rows
    batch: BatchBuilder
    spans: Sequence[telemetry.Span]

    def end_spans(self, *, failed: bool) -> None:
        """End the trace spans of the batch's rows, after the broker has answered."""
        for span in self.spans:
            span.end({}, failed=failed)


@dataclass(frozen=True, slots=True)
class Load:
    """The next outbox rows to send, and the batches made of them, in order, by topic and partition."""

    rows: Rows
    parcels: Mapping[tuple[str, int], Sequence[Parcel]]


class Publisher:
    """Sends outbox rows to Kafka.

    Encoding and sending are two steps, so that the next rows are encoded while the broker answers.
    """

    def __init__(self, producer: AIOKafkaProducer) -> None:
        """Take a Kafka producer that has been started, by which the rows are sent."""
        self._producer = producer

    async def pack(self, rows: Rows) -> Load:
        """Make batches of these rows; rows of frozen streams, and of topics with unknown partitions, are left out."""
        sendable = [row for row in rows if not row["frozen"]]
        topics = {row["topic"] for row in sendable}
        numbers = dict(zip(topics, await asyncio.gather(*map(self._partitions, topics)), strict=True))
        places: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        for row in sendable:
            if there := numbers[row["topic"]]:
                places[row["topic"], there[partition_of(row["key"].encode(), len(there))]].append(row)
        return Load(rows, {place: list(self._parcels(inside)) for place, inside in places.items()})

    async def send(self, load: Load) -> SendResults:
        """Send the batches in order within each partition; Kafka's errors are in the returned results."""
        results = SendResults()
        await asyncio.gather(*(self._send_to(*place, parcels, results) for place, parcels in load.parcels.items()))
        return results

    async def _partitions(self, topic: str) -> list[int]:
        """Return the partitions of a topic; an empty list when the broker does not answer in time."""
        try:
            return sorted(await asyncio.wait_for(self._producer.partitions_for(topic), PARTITIONS_SECONDS))
        except (KafkaError, TimeoutError) as error:
            log.warning("relay.topic_unknown", topic=topic, error=type(error).__name__)
            return []

    async def _send_to(self, topic: str, number: int, parcels: Sequence[Parcel], results: SendResults) -> None:
        """Send one partition's batches one after another, and store the result for each row.

        When one is refused, its rows are sent one by one, to find the row that the broker refuses.
        """
        waiting = deque(parcels)
        while waiting:
            parcel = waiting.popleft()
            error = await _error_of(self._producer.send_batch(parcel.batch, topic, partition=number))
            parcel.end_spans(failed=error is not None)
            if error is None:
                results.acknowledged.extend(row["id"] for row in parcel.rows)
                continue
            if not isinstance(error, _REFUSED_FOR_GOOD):
                log.warning("relay.send_failed", topic=topic, error=type(error).__name__)
                return
            if len(parcel.rows) == 1:
                results.refused[stream_of(parcel.rows[0])] = type(error).__name__
            waiting = deque(self._one_by_one([parcel, *waiting], results.refused))

    def _one_by_one(self, parcels: Iterable[Parcel], refused: Container[StreamKey]) -> Iterator[Parcel]:
        """Split batches into batches of one row; leave out rows whose stream (topic and key) is in `refused`."""
        for parcel in parcels:
            rows = [row for row in parcel.rows if stream_of(row) not in refused]
            yield from [parcel] if len(rows) == len(parcel.rows) == 1 else (self._parcel([row]) for row in rows)

    def _parcels(self, rows: Rows) -> Iterator[Parcel]:
        while rows:
            parcel = self._parcel(rows)
            yield parcel
            rows = rows[len(parcel.rows) :]

    def _parcel(self, rows: Rows) -> Parcel:
        """Make a batch from the first rows: as many as fit into one batch, and at least one row."""
        batch, spans = self._producer.create_batch(), list[telemetry.Span]()
        for taken, row in enumerate(rows):
            headers = kafka_headers(_attributes(row))
            span = telemetry.publishing(row["topic"], row["traceparent"])
            if span:
                headers = [*(pair for pair in headers if pair[0] != "traceparent"), _hop(span)]
            if batch.append(timestamp=None, key=row["key"].encode(), value=row["value"], headers=headers) is None:
                return Parcel(rows[:taken], batch, spans)
            if span:
                spans.append(span)
        return Parcel(rows, batch, spans)


async def _error_of(sending: Awaitable[Awaitable[object]]) -> KafkaError | AssertionError | None:
    """Return the error of a send, or None when the broker acknowledged it.

    AssertionError means that the partition no longer exists.
    """
    try:
        await (await sending)
    except (KafkaError, AssertionError) as error:
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

"""The relay: publishes the outbox in order, one active per service, deletes a pointer only after the broker's word.

Invariant: within one topic and key nothing is published past an event that was not acknowledged. A crash between
publishing and deleting publishes again; consumers remove the duplicate.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

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

from buurtsein_chassis import metrics, telemetry
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.database import CHANNEL
from buurtsein_contracts.envelope import attributes, kafka_headers

BATCH = 500
POLL_SECONDS = 1.0
FULL_READ_SECONDS = 10.0
"""How often the whole outbox is read, for transactions that committed behind the floor."""
_LOCK = 0x72656C6179

_REFUSED_FOR_GOOD = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    PolicyViolationError,
    InvalidTopicError,
)

log = structlog.get_logger("relay")

type StreamKey = tuple[str, str]


class Relay:
    """Runs for ever; every failure ends in a new attempt, never in a lost event."""

    def __init__(self, dsn: str, make_producer: Callable[[], AIOKafkaProducer], *, command_timeout: float = 10) -> None:
        """`dsn` is that of the relay role."""
        self._dsn = dsn
        self._make_producer = make_producer
        self._command_timeout = command_timeout
        self._doorbell = asyncio.Event()
        self._floor = 0
        self._full_read_at = 0.0
        self.active = False
        self.oldest_pending_seconds = 0.0
        self.progressed_at = 0.0

    async def run(self) -> None:
        """Publish until cancelled."""
        backoff = Backoff(first=0.2, most=5)
        while True:
            try:
                async with self._connection() as connection, self._producer() as producer:
                    await self._publish_for_ever(connection, producer, backoff)
            except (
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                KafkaError,
                OSError,
                TimeoutError,
            ) as error:
                delay = backoff.next()
                log.warning("relay.retry", error=type(error).__name__, delay_seconds=round(delay, 2))
                await asyncio.sleep(delay)
            finally:
                self.active = False

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(
            self._dsn, command_timeout=self._command_timeout, timeout=self._command_timeout
        )
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._doorbell.set())
            yield connection
        finally:
            await connection.close(timeout=2)

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = self._make_producer()
        try:
            await producer.start()
            yield producer
        finally:
            await producer.stop()

    async def _publish_for_ever(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, backoff: Backoff
    ) -> None:
        while not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 # in the database
            await asyncio.sleep(POLL_SECONDS)
        log.info("relay.active")
        self.active, self._floor = True, 0
        while True:
            self._doorbell.clear()
            await self._drain(connection, producer, backoff)
            await self._wait_for_doorbell()

    async def _wait_for_doorbell(self) -> None:
        try:
            await asyncio.wait_for(self._doorbell.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _drain(self, connection: asyncpg.Connection, producer: AIOKafkaProducer, backoff: Backoff) -> None:
        while ids := await self._next_ids(connection):
            rows = await connection.fetch("select * from event_log where id = any($1) order by id", ids)
            complete = await self._publish(connection, producer, rows)
            if complete:
                backoff.reset()
                self._floor = ids[-1]
            else:
                self._floor = 0
                await asyncio.sleep(backoff.next())
        self.oldest_pending_seconds = 0.0

    async def _next_ids(self, connection: asyncpg.Connection) -> list[int]:
        """The next pointers above the floor; now and then, and after a failure, from the beginning."""
        if time.monotonic() - self._full_read_at > FULL_READ_SECONDS:
            self._floor, self._full_read_at = 0, time.monotonic()
        rows = await connection.fetch(
            "select id from outbox_pending where id > $1 order by id limit $2", self._floor, BATCH
        )
        return [row["id"] for row in rows]

    async def _publish(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]
    ) -> bool:
        """Publish rows in order and settle them; True when nothing has to be tried again."""
        self.oldest_pending_seconds = time.time() - rows[0]["occurred_at"].timestamp()
        frozen = {
            (r["topic"], r["key"]) for r in await connection.fetch("select distinct topic, key from outbox_frozen")
        }
        open_rows = [row for row in rows if _stream(row) not in frozen]
        results = await self._send(producer, open_rows)
        crashpoint("relay.published")
        acknowledged, retried, refused = _judge(open_rows, results)
        frozen |= refused.keys()
        await self._settle(connection, acknowledged, [row for row in rows if _stream(row) in frozen], refused)
        metrics.PUBLISHED.inc(len(acknowledged))
        if acknowledged:
            self.progressed_at = time.monotonic()
            log.info("relay.published", published=len(acknowledged), frozen=len(frozen))
        return not retried

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> list[object]:
        sends = [await _enqueue(producer, row) for row in rows]
        return await asyncio.gather(*sends, return_exceptions=True)

    async def _settle(
        self,
        connection: asyncpg.Connection,
        acknowledged: Sequence[int],
        frozen: Sequence[asyncpg.Record],
        refused: dict[StreamKey, str],
    ) -> None:
        waiting = [row for row in frozen if row["id"] not in set(acknowledged)]
        async with connection.transaction():
            await connection.execute(
                "delete from outbox_pending where id = any($1)", [*acknowledged, *(r["id"] for r in waiting)]
            )
            await connection.executemany(
                "insert into outbox_frozen (id, topic, key, reason) values ($1, $2, $3, $4) on conflict do nothing",
                [(row["id"], row["topic"], row["key"], refused.get(_stream(row), "behind")) for row in waiting],
            )
        for (topic, _), reason in refused.items():
            metrics.FROZEN.inc()
            log.error("relay.frozen", topic=topic, reason=reason)


async def _enqueue(producer: AIOKafkaProducer, row: asyncpg.Record) -> "asyncio.Future[object]":
    """The producer's future; what it refuses at once becomes a future that failed."""
    span = telemetry.publishing(row["topic"], row["traceparent"])
    headers = kafka_headers(_attributes(row))
    if span:
        headers = [*(pair for pair in headers if pair[0] != "traceparent"), ("traceparent", span.traceparent.encode())]
    try:
        future: asyncio.Future[object] = await producer.send(
            row["topic"],
            key=row["key"].encode(),
            value=row["data"].encode(),
            headers=headers,
        )
    except KafkaError as error:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(error)
    if span:
        future.add_done_callback(lambda done: span.end({}, failed=done.cancelled() or done.exception() is not None))
    return future


def _judge(
    rows: Sequence[asyncpg.Record], results: Sequence[object]
) -> tuple[list[int], set[StreamKey], dict[StreamKey, str]]:
    """Ids acknowledged, streams to try again, streams refused for good; a stream stops at its first failure."""
    acknowledged: list[int] = []
    retried: set[StreamKey] = set()
    refused: dict[StreamKey, str] = {}
    for row, result in zip(rows, results, strict=True):
        stream = _stream(row)
        if stream in retried or stream in refused:
            continue
        if isinstance(result, _REFUSED_FOR_GOOD):
            refused[stream] = type(result).__name__
        elif isinstance(result, BaseException):
            retried.add(stream)
            log.warning("relay.send_failed", topic=row["topic"], error=type(result).__name__)
        else:
            acknowledged.append(row["id"])
    return acknowledged, retried, refused


def _stream(row: asyncpg.Record) -> StreamKey:
    return row["topic"], row["key"]


def _attributes(row: asyncpg.Record) -> dict[str, str]:
    return attributes(
        id=row["event_id"],
        source=row["source"],
        type=row["type"],
        subject=row["subject"],
        time=row["occurred_at"],
        dataschema=row["data_schema"],
        key=row["key"],
        sequence=row["version"],
        correlationid=row["correlation_id"],
        causationid=row["causation_id"],
        traceparent=row["traceparent"],
    )

"""The relay: publishes the outbox in order, one active per service, deletes a pointer only after the broker's word.

Invariant: within one topic and key nothing is published past an event that was not acknowledged. A crash between
publishing and deleting publishes again; consumers remove the duplicate.
"""

import asyncio
import time
from collections import deque
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
LATE_SECONDS = 2.0
"""Pointers this much older than the newest one read are looked at again: a transaction may commit after a later one."""
FULL_READ_SECONDS = 10.0
"""How often the whole outbox is read, for transactions that were later than that."""
_LOCK = 0x72656C6179

_REFUSED_FOR_GOOD = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    PolicyViolationError,
    InvalidTopicError,
)

log = structlog.get_logger("relay")

type StreamKey = tuple[str, str]

_ROWS = """
with pending as materialized (select id from outbox_pending where id > $1 order by id limit $2)
select id, topic, key, version, type, source, subject, data_schema, occurred_at,
       correlation_id, causation_id, traceparent, event_id::text as event_id, convert_to(data::text, 'UTF8') as value,
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time,
       exists (select from outbox_frozen f where f.topic = l.topic and f.key = l.key) as frozen
from event_log l where id = any(array(select id from pending)) order by id
"""
"""Ids first, then their rows: a join would walk the log from its beginning. The database writes the wire forms."""


class Relay:
    """Runs for ever; every failure ends in a new attempt, never in a lost event."""

    def __init__(self, dsn: str, make_producer: Callable[[], AIOKafkaProducer], *, command_timeout: float = 10) -> None:
        """`dsn` is that of the relay role."""
        self._dsn = dsn
        self._make_producer = make_producer
        self._command_timeout = command_timeout
        self._doorbell = asyncio.Event()
        self._newest = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._floor = 0
        self._full_read_at = 0.0
        self.active = False
        self.standby = False
        """Another relay is the active one; this one waits for its lock."""
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
                self.active = self.standby = False

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
        self.standby = True
        while not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 # in the database
            await asyncio.sleep(POLL_SECONDS)
        log.info("relay.active")
        self.active, self.standby = True, False
        self._read_from_the_beginning()
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
        """Publish until nothing is pending; the next rows are read while the broker answers for the last."""
        rows = await self._rows(connection, self._late_floor())
        while rows:
            following = await self._publish(connection, producer, rows)
            if following is None:
                self._read_from_the_beginning()
                await asyncio.sleep(backoff.next())
            else:
                backoff.reset()
            rows = following or await self._rows(connection, self._late_floor())
        self.oldest_pending_seconds = 0.0

    async def _rows(self, connection: asyncpg.Connection, after: int) -> list[asyncpg.Record]:
        """The next rows whose id is above `after`, in order."""
        rows = await connection.fetch(_ROWS, after, BATCH)
        if rows:
            self._newest = rows[-1]["id"]
            self._marks.append((time.monotonic(), self._newest))
        return rows

    def _late_floor(self) -> int:
        """Below this nothing can be pending but what committed very late; now and then that is looked for, too."""
        now = time.monotonic()
        if now - self._full_read_at > FULL_READ_SECONDS:
            self._read_from_the_beginning()
        while self._marks and self._marks[0][0] < now - LATE_SECONDS:
            self._floor = max(self._floor, self._marks.popleft()[1])
        return self._floor

    def _read_from_the_beginning(self) -> None:
        self._floor, self._full_read_at = 0, time.monotonic()
        self._marks.clear()

    async def _publish(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]
    ) -> list[asyncpg.Record] | None:
        """Publish rows in order and settle them; the rows that follow, None when some must be tried again."""
        self.oldest_pending_seconds = time.time() - rows[0]["occurred_at"].timestamp()
        open_rows = [row for row in rows if not row["frozen"]]
        sends = [await _enqueue(producer, row) for row in open_rows]
        acknowledging = asyncio.gather(*sends, return_exceptions=True)
        following = await self._rows(connection, self._newest)
        acknowledged, retried, refused = _judge(open_rows, await acknowledging)
        crashpoint("relay.published")
        await self._settle(connection, acknowledged, _to_freeze(rows, acknowledged, refused), refused)
        metrics.PUBLISHED.inc(len(acknowledged))
        if acknowledged:
            self.progressed_at = time.monotonic()
            log.info("relay.published", published=len(acknowledged), frozen=len(refused))
        if retried:
            return None
        return [] if refused else following  # read again: what follows may be of a stream that is frozen now

    async def _settle(
        self,
        connection: asyncpg.Connection,
        acknowledged: Sequence[int],
        waiting: Sequence[asyncpg.Record],
        refused: dict[StreamKey, str],
    ) -> None:
        if not waiting:
            await connection.execute("delete from outbox_pending where id = any($1)", acknowledged)
            return
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
            value=row["value"],
            headers=headers,
        )
    except KafkaError as error:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(error)
    if span:
        future.add_done_callback(lambda done: span.end({}, failed=done.cancelled() or done.exception() is not None))
    return future


def _to_freeze(
    rows: Sequence[asyncpg.Record], acknowledged: Sequence[int], refused: dict[StreamKey, str]
) -> list[asyncpg.Record]:
    """Rows of streams that are frozen, or were refused just now, and are not on the topic."""
    settled = set(acknowledged)
    return [row for row in rows if row["id"] not in settled and (row["frozen"] or _stream(row) in refused)]


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
        time=row["time"],
        dataschema=row["data_schema"],
        key=row["key"],
        sequence=row["version"],
        correlationid=row["correlation_id"],
        causationid=row["causation_id"],
        traceparent=row["traceparent"],
    )

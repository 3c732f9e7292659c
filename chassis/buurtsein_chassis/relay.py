"""Publishes the outbox in order; one relay of a service is active, and deletes the rows that Kafka has acknowledged.

Invariant: within one topic and key, no event is published before an earlier one is acknowledged. After a crash between
publishing and deleting, the events are published again, and consumers remove the duplicates.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from buurtsein_chassis import metrics
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.database import CHANNEL, DATABASE_ERRORS
from buurtsein_chassis.operations.outbox import hold_frozen
from buurtsein_chassis.primary import connect
from buurtsein_chassis.publisher import Load, Publisher, Rows, SendResults, stream_of

BATCH = 500
POLL_SECONDS = 1.0
LATE_SECONDS = 2.0
"""Outbox rows that are up to this much older than the newest row read are read again, because a transaction can commit
after another one that took higher ids."""
FULL_READ_SECONDS = 10.0
"""How often the whole outbox is read, for transactions that committed later than LATE_SECONDS."""
_LOCK = 0x72656C6179
_SETTINGS = """
set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
set tcp_user_timeout = 25000
"""
"""With these settings the server ends the session of a host that disappeared, and so releases its lock, within half a
minute instead of two hours. They are set by a statement, because a pooler refuses unknown start parameters. The first
three are in seconds or a count; the last is in milliseconds, and is for sent notifications that nobody acknowledges,
which keepalives do not notice."""

log = structlog.get_logger("relay")

_ROWS = """
with pending as materialized (
    select id from outbox_pending
    where id > $1 and (id > $4 or id not in (select unnest($3::bigint[]))) order by id limit $2)
select id, topic, key, version, type, source, subject, data_schema, occurred_at,
       correlation_id, causation_id, traceparent, event_id::text as event_id, convert_to(data::text, 'UTF8') as value,
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time,
       exists (select from outbox_frozen f where f.topic = l.topic and f.key = l.key) as frozen
from event_log l where id = any(array(select id from pending)) order by id
"""
"""SQL that returns the next outbox rows with their events. Ids are selected before rows are joined, because a plain
join reads the log from its beginning. The database formats the values as they are sent to Kafka."""
_OLDEST = """
select id, occurred_at
from (select id, (select occurred_at from event_log l where l.id = p.id) from outbox_pending p) as pending
where occurred_at is not null order by id limit 1
"""
_FROZEN = """
select distinct topic, key from outbox_frozen where (topic, key) in (select * from unnest($1::text[], $2::text[]))
"""
_DELETE = "delete from outbox_pending where id = any($1)"
_DROP_DANGLING = """
delete from outbox_pending p
where id = any(array(select id from outbox_pending order by id limit $1))
  and not exists (select from event_log l where l.id = p.id)
"""


class Relay:
    """Publishes outbox rows until cancelled; after each failure it waits (backoff) and tries again."""

    def __init__(self, dsn: str, make_producer: Callable[[], AIOKafkaProducer], *, command_timeout: float = 10) -> None:
        """Take the DSN of the relay role, a function that makes a producer, and a statement's timeout in seconds."""
        self._dsn = dsn
        self._make_producer = make_producer
        self._command_timeout = command_timeout
        self._doorbell = asyncio.Event()
        self._marks: deque[tuple[float, int]] = deque()
        self._floor = 0
        self._full_read_at = 0.0
        self.active = False
        self.standby = False
        """True while another relay is active and this one waits for its advisory lock."""
        self._oldest_at: float | None = None
        self.progressed_at = 0.0

    @property
    def oldest_pending_seconds(self) -> float:
        """Return the age of the oldest event that is being sent; it grows while the broker does not answer."""
        return 0.0 if self._oldest_at is None else time.time() - self._oldest_at  # noqa: TID251 - only shown

    async def run(self) -> None:
        """Publish outbox rows until cancelled; after a failure, wait and begin again."""
        backoff = Backoff(first=0.2, most=5)
        while True:
            try:
                await self._run_once(backoff)
            except (*DATABASE_ERRORS, KafkaError) as error:
                delay = backoff.next()
                log.warning("relay.retry", error=type(error).__name__, delay_seconds=round(delay, 2))
                await asyncio.sleep(delay)

    async def _run_once(self, backoff: Backoff) -> None:
        """Publish outbox rows until an error occurs; then the relay is neither active nor on standby."""
        try:
            async with self._connection() as connection, self._producer() as producer:
                await self._publish_for_ever(connection, Publisher(producer), backoff)
        finally:
            self.active = self.standby = False

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await connect(
            self._dsn,
            command_timeout=self._command_timeout,
            timeout=self._command_timeout,
        )
        try:
            await connection.execute(_SETTINGS)
            await connection.add_listener(CHANNEL, self._ring)
            yield connection
        finally:
            await connection.close(timeout=2)

    def _ring(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        """Handle a PostgreSQL notification that there are new outbox rows.

        With a payload it says that old rows were added again; the relay then reads the outbox from the start.
        """
        if payload:
            self._read_from_the_beginning()
        self._doorbell.set()

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = self._make_producer()
        try:
            await producer.start()
            yield producer
        finally:
            await producer.stop()

    async def _publish_for_ever(self, connection: asyncpg.Connection, publisher: Publisher, backoff: Backoff) -> None:
        await self._become_active(connection)
        self._read_from_the_beginning()
        await self._drop_dangling(connection)
        while True:
            self._doorbell.clear()
            await self._drain(connection, publisher, backoff)
            await self._wait_for_doorbell()

    async def _become_active(self, connection: asyncpg.Connection) -> None:
        """Wait for the advisory lock; meanwhile, watch whether the relay that holds it makes progress."""
        first = None
        while not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            if not self.standby:
                log.info("relay.standby")
            self.standby = True
            oldest = await connection.fetchrow(_OLDEST)
            self._oldest_at = oldest["occurred_at"].timestamp() if oldest else None
            if oldest and oldest["id"] != first:
                first, self.progressed_at = oldest["id"], time.monotonic()
            await asyncio.sleep(POLL_SECONDS)
        log.info("relay.active")
        self.active, self.standby, self._oldest_at = True, False, None

    async def _wait_for_doorbell(self) -> None:
        try:
            await asyncio.wait_for(self._doorbell.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _drain(self, connection: asyncpg.Connection, publisher: Publisher, backoff: Backoff) -> None:
        """Publish outbox rows in batches until the outbox is empty."""
        load = await self._next_load(connection, publisher)
        while load.rows:
            following = await self._publish(connection, publisher, load, backoff)
            load = following or await self._next_load(connection, publisher)
        self._oldest_at = None

    async def _next_load(self, connection: asyncpg.Connection, publisher: Publisher, in_hand: Rows = ()) -> Load:
        return await publisher.pack(await self._rows(connection, in_hand))

    async def _rows(self, connection: asyncpg.Connection, in_hand: Rows) -> list[asyncpg.Record]:
        """Return the next outbox rows in order, including late commits, but without the rows that are being sent."""
        if time.monotonic() - self._full_read_at > FULL_READ_SECONDS:
            await self._drop_dangling(connection)
            self._read_from_the_beginning()
        ids = [row["id"] for row in in_hand]
        rows = await connection.fetch(_ROWS, self._late_floor(), BATCH, ids, ids[-1] if ids else 0)
        if rows:
            self._marks.append((time.monotonic(), rows[-1]["id"]))
        return rows

    def _late_floor(self) -> int:
        """Return the outbox row id up to which this read can skip rows, because the relay has seen them all.

        Higher ids are read again, because a transaction with a lower id can commit after one with a higher id. Rows
        that commit still later are found by the full reads, which skip nothing. The value that is computed now is
        returned by the next call, because a slow broker may have delayed this read.
        """
        floor = self._floor
        while self._marks and self._marks[0][0] < time.monotonic() - LATE_SECONDS:
            self._floor = max(self._floor, self._marks.popleft()[1])
        return floor

    async def _drop_dangling(self, connection: asyncpg.Connection) -> None:
        """Delete outbox rows without an event in the event log; many such rows would hide newer rows."""
        while removed := int((await connection.execute(_DROP_DANGLING, BATCH)).rpartition(" ")[2]):
            log.error("relay.dangling", removed=removed)

    def _read_from_the_beginning(self) -> None:
        self._floor, self._full_read_at = 0, time.monotonic()
        self._marks.clear()

    async def _publish(
        self, connection: asyncpg.Connection, publisher: Publisher, load: Load, backoff: Backoff
    ) -> Load | None:
        """Publish a batch of rows and delete them from the outbox; return the next batch if it was read meanwhile.

        None means that the outbox must be read again.

        The next rows are read and encoded while the broker answers. They are sent only after the rows of this load are
        deleted, so that a crash repeats at most one load.
        """
        self._oldest_at = load.rows[0]["occurred_at"].timestamp()
        crashpoint("relay.publishing")
        following, results = await asyncio.gather(
            self._next_load(connection, publisher, load.rows), publisher.send(load)
        )
        crashpoint("relay.published")
        waiting = await self._settle(connection, results, _to_freeze(load.rows, results))
        self._tell(results)
        some_left = len(results.acknowledged) + len(waiting) < len(load.rows)
        if some_left or results.refused:  # the next load may contain rows of a stream that is now frozen
            self._read_from_the_beginning()
            await asyncio.sleep(backoff.next() if some_left else 0)
            return None
        backoff.reset()
        return following if following.rows else None

    async def _settle(self, connection: asyncpg.Connection, results: SendResults, waiting: Rows) -> Rows:
        """Delete acknowledged rows and freeze the waiting rows; return the frozen rows.

        Some rows wait only because their stream was frozen when they were read. If an operator has unfrozen the stream
        meanwhile, these rows stay in the outbox.
        """
        if not waiting:
            await connection.execute(_DELETE, results.acknowledged)
            return ()
        async with connection.transaction():
            await hold_frozen(connection)
            topics, keys = zip(*map(stream_of, waiting), strict=True)
            frozen = {stream_of(row) for row in await connection.fetch(_FROZEN, topics, keys)} | results.refused.keys()
            waiting = [row for row in waiting if stream_of(row) in frozen]
            await connection.execute(_DELETE, [*results.acknowledged, *(row["id"] for row in waiting)])
            await connection.executemany(
                "insert into outbox_frozen (id, topic, key, reason) values ($1, $2, $3, $4) on conflict do nothing",
                [(r["id"], r["topic"], r["key"], results.refused.get(stream_of(r), "behind")) for r in waiting],
            )
        return waiting

    def _tell(self, results: SendResults) -> None:
        metrics.PUBLISHED.inc(len(results.acknowledged))
        if results.acknowledged:
            self.progressed_at = time.monotonic()
            log.info("relay.published", published=len(results.acknowledged), frozen=len(results.refused))
        for (topic, _), reason in results.refused.items():
            metrics.FROZEN.inc()
            log.error("relay.frozen", topic=topic, reason=reason)


def _to_freeze(rows: Rows, results: SendResults) -> list[asyncpg.Record]:
    """Return the outbox rows to freeze: unacknowledged rows of a stream that is frozen or was just refused."""
    settled = set(results.acknowledged)
    return [row for row in rows if row["id"] not in settled and (row["frozen"] or stream_of(row) in results.refused)]

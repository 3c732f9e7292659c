"""Opens units of work on the database: state, event log and outbox are committed together or not at all."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import asyncpg
from asyncpg.pool import PoolAcquireContext, PoolConnectionProxy
from asyncpg.transaction import Transaction

from buurtsein_chassis.primary import connect
from buurtsein_chassis.trace import present_trace
from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.envelope import data_schema, to_value
from buurtsein_kernel.clock import SystemClock
from buurtsein_kernel.problems import DomainError, ProblemKind

BUSY_INTERVAL, QUIET_INTERVAL = 0.05, 0.005
"""The least seconds between two notifications to the relay, after a notification for many commits and for a few. All
commits until the next notification share it. Under load, relay and consumers then work in larger batches, which costs a
fifth less CPU for each event; otherwise an event waits hardly at all."""
FEW = 2
"""With at most so many commits since the last notification, the service is not under load."""
CHANNEL = "outbox"

type Connection = asyncpg.Connection | PoolConnectionProxy

_RECORD = "select record_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"

_DRIVER = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""Errors of the driver when its connection is lost; the last one comes when the server said so in between."""

DATABASE_ERRORS = (*_DRIVER, asyncpg.PostgresError)
"""All errors that a statement or a connection can raise."""

TRANSIENT = (
    *_DRIVER,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
)
"""Errors that the database or the network causes; the same work may succeed at the next try."""


AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
)
"""The errors in TRANSIENT that say that the database accepts no writes now: SQLSTATE 08, 57P0x, 53 (disk full, too many
connections), 25006 (read-only, as after a failover) and 58."""


COMMIT_SHARE = 0.9
"""The part of the timeout of a statement that a commit may take: asyncpg cancels a statement at that timeout."""

BEHIND_LOG = "BS001"
"""The SQLSTATE with which `record_events` refuses an event, because the state lacks a recovered event before it."""


class ConcurrentWrite(Exception):
    """Raised when a parallel request has written first, so that this request must be handled again.

    A store raises it when a unique index refuses a row. `Call.once` then runs the handler a second time, which reads
    what the other request has written.
    """


class UnitOfWork:
    """A database transaction in which state is written, through `connection`, and events are recorded."""

    def __init__(self, connection: Connection, source: str) -> None:
        """Make a unit of work on a connection with an open transaction; `source` is the CloudEvents source."""
        self.connection = connection
        self.recorded = 0
        self._source = source

    async def record(self, *events: EventData) -> None:
        """Append events, in their order, to their streams and to the outbox; raise EventTooLarge.

        All events are appended by one call of a database function (`sql/0011_recovered_events.sql`).

        Raises:
            DomainError: `state_behind_log`, when the log has recovered events about the same that the state lacks.
        """
        if events:
            await self._append(events)
            self.recorded += len(events)

    async def _append(self, events: Sequence[EventData]) -> None:
        trace = present_trace()
        arguments = (
            [data.TOPIC.name for data in events],
            [data.key for data in events],
            [uuid7() for _ in events],
            [data.TYPE for data in events],
            [data.subject for data in events],
            [data_schema(type(data)) for data in events],
            [to_value(data).decode() for data in events],
            self._source,
            SystemClock().now(),
            trace.correlation_id,
            trace.causation_id,
            trace.traceparent,
        )
        try:
            await self.connection.execute(_RECORD, *arguments)
        except asyncpg.PostgresError as error:
            if error.sqlstate == BEHIND_LOG:
                raise _behind_log(str(error.as_dict().get("detail"))) from error
            raise


def _behind_log(expected: str) -> DomainError:
    detail = (
        "Na een herstel ontbreekt hier nog een stap die wel bekendgemaakt is. "
        "Voer die stap eerst opnieuw in, of vraag hulp aan de beheerder."
    )
    return DomainError("state_behind_log", detail, ProblemKind.CONFLICT, members={"expected": expected})


class Doorbell:
    """Notifies the relay, by PostgreSQL's NOTIFY, that events were committed.

    The notification is sent after the transaction: inside it, NOTIFY would make commits wait for one another.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Make a doorbell whose notifications are sent on connections of this pool."""
        self._pool = pool
        self._rung = asyncio.Event()
        self._here = asyncio.Event()
        self.rings = 0
        """How often events were committed by this process."""

    def ring(self) -> None:
        """Count a commit of events, make `run` notify the relay, and wake the tasks that wait in `after`."""
        self.rings += 1
        self._rung.set()
        self._here.set()
        self._here = asyncio.Event()

    async def after(self, rings: int, seconds: float) -> None:
        """Wait until this process commits events again after the commit number `rings`, at most `seconds`."""
        if self.rings == rings:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._here.wait(), seconds)

    async def run(self) -> None:
        """Send the notifications until cancelled; when one is lost, the relay finds the events by polling."""
        told = self.rings
        while True:
            await self._rung.wait()
            self._rung.clear()
            commits, told = self.rings - told, self.rings
            try:
                await self._pool.execute(f"notify {CHANNEL}")
            except DATABASE_ERRORS:
                continue
            finally:
                await asyncio.sleep(QUIET_INTERVAL if commits <= FEW else BUSY_INTERVAL)


class Database:
    """Gives connections and units of work with the rights of the app role, and notifies the relay of commits."""

    def __init__(
        self, pool: asyncpg.Pool, source: str, *, wait_timeout: float = 5.0, commit_timeout: float = 9.0
    ) -> None:
        """Make a service's database from its connection pool; `source` is the CloudEvents source of recorded events.

        Args:
            pool: the connections of the app role.
            source: the source of this service's events.
            wait_timeout: how long to wait for a free connection, in seconds.
            commit_timeout: how long to wait for a commit, in seconds; less than the pool's timeout for a statement.
        """
        self.pool = pool
        self.doorbell = Doorbell(pool)
        self.away_at = -math.inf
        """When the database last refused writes, in monotonic seconds; minus infinity for never."""
        self._source = source
        self._wait_timeout = wait_timeout
        self._commit_timeout = commit_timeout

    def failed(self, error: Exception) -> None:
        """Remember the time of an error which says that the database accepts no writes now."""
        if isinstance(error, AWAY):
            self.away_at = time.monotonic()

    def connection(self) -> PoolAcquireContext:
        """Return a context with a connection for reading; raise TimeoutError when none is free in time."""
        return self.pool.acquire(timeout=self._wait_timeout)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work: commit on success and notify the relay, roll back on any exception."""
        async with self.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            uow = UnitOfWork(connection, self._source)
            try:
                yield uow
            except BaseException:
                await transaction.rollback()
                raise
            await commit(connection, transaction, self._commit_timeout)
            if uow.recorded:
                self.doorbell.ring()


async def commit(connection: Connection, transaction: Transaction, seconds: float) -> None:
    """Commit a transaction; raise TimeoutError, with the outcome unknown, when that takes too long.

    A commit that waits for a synchronous standby is never cancelled: PostgreSQL would then finish it without the
    standby, others would see it as done, and it would be lost with the primary. The connection is given up instead,
    while the server goes on waiting.
    """
    committing = asyncio.ensure_future(transaction.commit())
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(committing)
    finally:
        if not committing.done():
            connection.terminate()
            await asyncio.gather(committing, return_exceptions=True)


async def open_pool(dsn: str, *, size: int, command_timeout: float) -> asyncpg.Pool:
    """Return a pool in which each statement has a timeout in seconds, so that a broken connection is noticed."""
    pool: asyncpg.Pool = await asyncpg.create_pool(  # type: ignore[call-overload] # the stub of `connect` is too strict
        dsn,
        connect=connect,
        min_size=1,
        max_size=size,
        command_timeout=command_timeout,
        timeout=command_timeout,
        init=_set_up,
        reset=_nothing_to_reset,
    )
    return pool


async def _set_up(connection: asyncpg.Connection) -> None:
    """Set session variables by a statement, because a pooler such as PgBouncer refuses unknown start parameters."""
    await connection.execute("set idle_in_transaction_session_timeout = 30000; set timezone = 'UTC'")


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """Skip the reset of a connection that returns to the pool: it has no state, and a reset costs a round trip."""

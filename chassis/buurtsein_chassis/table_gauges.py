"""Refreshes the gauges of database tables every 15 s, independent of requests for /metrics.

Every process of a service exports the same values, so that they exist while any process runs; alarms use the maximum.
The cost of counting is limited: a long outbox is counted up to `MOST`, and the size of large tables is estimated.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import asyncpg
import structlog

from buurtsein_chassis import metrics
from buurtsein_chassis.database import TRANSIENT, Connection, Database
from buurtsein_chassis.operations.outbox import OLDEST_SECONDS

EVERY_SECONDS = 15.0
MOST = 100_000

type Refresh = Callable[[Connection], Awaitable[None]]
"""A function that reads some tables and sets their gauges."""

log = structlog.get_logger("table_gauges")


async def refresh_for_ever(database: Database, consumers: Sequence[str], more: Sequence[Refresh]) -> None:
    """Refresh all gauges every 15 s until cancelled; while the database is unavailable they keep their last values."""
    while True:
        try:
            async with database.connection() as connection:
                await refresh(connection, consumers, more)
        except (*TRANSIENT, asyncpg.PostgresError) as error:
            log.warning("table_gauges.failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def refresh(connection: Connection, consumers: Sequence[str], more: Sequence[Refresh] = ()) -> None:
    """Set the gauges that are computed from tables; `more` contains the functions for the service's own tables.

    When a function fails, the others still set their gauges; then the first error is raised.

    Raises:
        asyncpg.PostgresError: a query failed. Then the time of the last refresh stays, for the alarm MeasuresStale.
    """
    functions: tuple[Refresh, ...] = (_outbox, _sizes, _retention, partial(_consumers, consumers=consumers), *more)
    errors = [error for one in functions if (error := await _failure(one, connection))]
    if errors:
        raise errors[0]
    metrics.MEASURED_AT.set(time.time())  # noqa: TID251 - Prometheus compares it with its own clock


async def _failure(function: Refresh, connection: Connection) -> asyncpg.PostgresError | None:
    """Call a function that sets gauges, and return the error of its query; None when it succeeded."""
    try:
        await function(connection)
    except asyncpg.PostgresError as error:
        return error
    return None


async def _outbox(connection: Connection) -> None:
    [row] = await connection.fetch(
        """select (select count(*) from (select from outbox_pending limit $1) as counted) as pending,
                  (select count(distinct (topic, key)) from outbox_frozen) as frozen""",
        MOST,
    )
    metrics.OUTBOX_PENDING.set(row["pending"])
    metrics.OUTBOX_FROZEN.set(row["frozen"])
    metrics.OUTBOX_AGE.set(max(0.0, await connection.fetchval(OLDEST_SECONDS) or 0.0))


async def _consumers(connection: Connection, consumers: Sequence[str]) -> None:
    parked = await connection.fetch(
        """select consumer, count(*) as events, extract(epoch from now() - min(parked_at))::float8 as age
           from parked group by consumer"""
    )
    dead = await connection.fetch("select consumer, count(*) as open from dead_letter where state = 'dead' group by 1")
    events = {row["consumer"]: row["events"] for row in parked}
    ages = {row["consumer"]: row["age"] for row in parked}
    letters = {row["consumer"]: row["open"] for row in dead}
    for name in {*consumers, *events, *letters}:
        metrics.PARKED_EVENTS.labels(name).set(events.get(name, 0))
        metrics.PARKED_AGE.labels(name).set(ages.get(name, 0.0))
        metrics.DEAD_OPEN.labels(name).set(letters.get(name, 0))


async def _sizes(connection: Connection) -> None:
    rows = await connection.fetch(
        "select relname, n_live_tup from pg_stat_user_tables where relname in ('inbox', 'event_log')"
    )
    sizes = {row["relname"]: row["n_live_tup"] for row in rows}
    metrics.INBOX_ROWS.set(sizes.get("inbox", 0))
    metrics.LOG_ROWS.set(sizes.get("event_log", 0))


async def _retention(connection: Connection) -> None:
    rows = await connection.fetch(
        "select bound, extract(epoch from ran_at)::float8 as ran_at, removed_total from retention_run"
    )
    metrics.RETAINED_AT.set(min((row["ran_at"] for row in rows), default=0.0))
    for row in rows:
        metrics.RETAINED_ROWS.labels(row["bound"]).set(row["removed_total"])

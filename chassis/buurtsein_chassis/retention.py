"""Deletes old rows: each growing table has a limit, which the command `retention` applies as the tables' owner.

Invariant: rows that are not settled are never deleted: open dead letters, parked events and unpublished events stay,
whatever their age, and raise an alarm. From an event log whole streams are deleted, so that the rest can be replayed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.operations.outbox import hold_log
from buurtsein_chassis.primary import connect
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_contracts import EventData
from buurtsein_contracts.topics import TOPICS, Topic
from buurtsein_kernel.clock import SystemClock

LOG_GRACE_DAYS = 30
"""How many days longer an event log is kept than its topic, for a late replay."""

log = structlog.get_logger("retention")


@dataclass(frozen=True, slots=True)
class Bound:
    """A retention limit: the rows of a table that are older than a number of days.

    `over` is an SQL condition in which `$1` is the moment `days` ago.
    """

    name: str
    table: str
    days: int
    over: str
    blank: str | None = None
    """SQL assignments that empty the row; without them the row is deleted."""
    event_of: Callable[[asyncpg.Record], EventData] | None = None
    """Makes the event that reports a deleted row, which is recorded in the same transaction; None for no event."""

    @property
    def counted(self) -> str:
        """Return the SQL that counts the rows older than the limit."""
        return f"select count(*) from {self.table} as t where {self.over}"  # noqa: S608 # constants of the program

    @property
    def applied(self) -> str:
        """Return the SQL that deletes or empties the rows older than the limit."""
        if self.blank:
            return f"update {self.table} as t set {self.blank} where {self.over}"  # noqa: S608 # constants of the program
        return f"delete from {self.table} as t where {self.over}"  # noqa: S608 # constants


@dataclass(frozen=True, slots=True)
class Cut:
    """The result of applying one retention limit: the number of rows deleted or emptied (on a dry run, to delete)."""

    bound: str
    table: str
    days: int
    rows: int


def chassis_bounds(settings: ServiceSettings) -> list[Bound]:
    """Return the retention limits of the tables that every service has."""
    letters = "t.state <> 'dead' and t.settled_at < $1"
    return [
        Bound("inbox", "inbox", settings.retention_inbox_days, "t.received_at < $1"),
        Bound("idempotency", "idempotency", settings.retention_idempotency_days, "t.created_at < $1"),
        Bound("dead_letter", "dead_letter", settings.retention_dead_letter_days, letters),
        Bound("operator_action", "operator_action", settings.retention_operator_action_days, "t.done_at < $1"),
        *(_log_bound(topic, topic.retention_days) for topic in TOPICS if topic.retention_days is not None),
    ]


def _log_bound(topic: Topic, kept_days: int) -> Bound:
    """Return the limit for one topic's event log; it selects streams that are old and completely published.

    A stream is old when its last event is older than the limit. The SQL compares sets of keys, so that it needs no
    query for each row.
    """
    over = f"""t.topic = '{topic.name}' and t.key in (
        select key from event_log where topic = '{topic.name}' group by key having max(occurred_at) < $1
        except select l.key from event_log l join outbox_pending using (id) where l.topic = '{topic.name}'
        except select key from outbox_frozen where topic = '{topic.name}')"""  # noqa: S608 # constants of the program
    return Bound(f"event_log.{topic.name}", "event_log", kept_days + LOG_GRACE_DAYS, over)


async def apply(dsn: str, bounds: Sequence[Bound], source: str, *, dry_run: bool = False) -> list[Cut]:
    """Apply all retention limits, each in its own transaction, in the given order; a dry run only counts.

    `dsn` is that of the role that owns the tables, `source` the CloudEvents source of the events about deleted rows. It
    can be repeated and interrupted.
    """
    connection = await connect(dsn)
    try:
        for table in {bound.table for bound in bounds}:  # with old statistics a delete can take minutes
            await connection.execute(f"analyze {table}")
        cuts = [await _cut(connection, bound, source, dry_run=dry_run) for bound in bounds]
        if not dry_run:  # a limit with a new name must not look like one that no longer runs
            await connection.execute("delete from retention_run where bound <> all($1)", [b.name for b in bounds])
        return cuts
    finally:
        await connection.close()


async def _cut(connection: asyncpg.Connection, bound: Bound, source: str, *, dry_run: bool) -> Cut:
    moment = SystemClock().now() - timedelta(days=bound.days)
    if dry_run:
        return Cut(bound.name, bound.table, bound.days, await connection.fetchval(bound.counted, moment))
    async with connection.transaction():
        if bound.table == "event_log":
            await hold_log(connection)
        rows = await _applied(connection, bound, moment, source)
        await connection.execute(
            """insert into retention_run (bound, ran_at, removed, removed_total) values ($1, now(), $2, $2)
               on conflict (bound) do update set ran_at = excluded.ran_at, removed = excluded.removed,
                   removed_total = retention_run.removed_total + excluded.removed""",
            bound.name,
            rows,
        )
    log.info("retention.applied", bound=bound.name, removed=rows)
    return Cut(bound.name, bound.table, bound.days, rows)


async def _applied(connection: asyncpg.Connection, bound: Bound, moment: datetime, source: str) -> int:
    """Apply one retention limit, record the events about deleted rows, and return the number of rows."""
    if bound.event_of is None:
        done = await connection.execute(bound.applied, moment)
        return int(done.rpartition(" ")[2])
    rows = await connection.fetch(f"{bound.applied} returning t.*", moment)
    await UnitOfWork(connection, source).record(*map(bound.event_of, rows))
    return len(rows)

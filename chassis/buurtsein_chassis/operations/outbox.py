"""Shows the outbox to operators, unfreezes streams, and lets events that were published before be published again.

Invariant: these functions only insert and delete outbox rows. The relay takes the events and their order from the event
log, and consumers drop events that they have applied before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from buurtsein_chassis.database import CHANNEL, Connection
from buurtsein_chassis.operations.audit import Operator, Verb, note

_MOVED = f"notify {CHANNEL}, 'moved'"
"""Notifies the relay, at the commit, that rows with old ids were added, so that it reads the outbox from the start."""
MOST_COUNTED = 100_000
"""Outbox rows are counted up to this number."""
SLICE = 10_000
"""The number of events that one call of `publish_again` reads."""
_LOG_LOCK = 0x6C6F67
_FROZEN_LOCK = 0x66726F7A656E
OLDEST_SECONDS = """
select extract(epoch from now() - occurred_at)::float8
from (select id, (select occurred_at from event_log l where l.id = p.id) from outbox_pending p) as pending
where occurred_at is not null order by id limit 1
"""
"""SQL that returns the age of the oldest event. It reads rows in order until one has its event, because a row without
an event must not hide later rows."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A stream of which nothing is published, because the broker refused one of its events."""

    topic: str
    key: str
    events: int
    reason: str
    """The class of the error with which the broker refused an event."""
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    """How many events are not yet published, how old the oldest is, and how many streams are frozen."""

    pending: int
    """The number of events that are not yet published, counted up to MOST_COUNTED."""
    oldest_seconds: float
    frozen_streams: int


async def status(connection: Connection) -> Outbox:
    """Return how many events are not yet published, the age of the oldest, and how many streams are frozen."""
    row = await connection.fetchrow(
        """select (select count(*) from (select from outbox_pending limit $1) as counted) as pending,
                  (select count(distinct (topic, key)) from outbox_frozen) as frozen""",
        MOST_COUNTED,
    )
    assert row is not None  # noqa: S101 - two counts are one row
    return Outbox(row["pending"], await connection.fetchval(OLDEST_SECONDS) or 0.0, row["frozen"])


async def frozen(
    connection: Connection, key: str | None = None, after: tuple[str, str] = ("", ""), limit: int | None = None
) -> list[Frozen]:
    """Return at most `limit` frozen streams, sorted by topic and key, after the given topic and key."""
    rows = await connection.fetch(
        """select topic, key, count(*) as events, (array_agg(reason order by id))[1] as reason,
                  min(frozen_at) as frozen_at
           from outbox_frozen where ($1::text is null or key = $1) and (topic, key) > ($2, $3)
           group by topic, key order by topic, key limit $4""",
        key,
        *after,
        limit,
    )
    return [Frozen(**dict[str, Any](row)) for row in rows]


async def unfreeze(connection: Connection, topic: str, key: str, by: Operator) -> int:
    """Put the events of a frozen stream back in the outbox, so that the relay publishes them; return their number."""
    async with connection.transaction():
        await hold_frozen(connection)
        moved = await connection.fetchval(
            """with thawed as (delete from outbox_frozen where topic = $1 and key = $2 returning id),
                    given as (insert into outbox_pending (id) select id from thawed on conflict do nothing)
               select count(*) from thawed""",
            topic,
            key,
        )
        await note(connection, by, Verb.UNFREEZE, {"topic": topic, "key": key, "events": moved})
        await connection.execute(_MOVED)
    return int(moved)


async def hold_frozen(connection: Connection) -> None:
    """Take an advisory lock until the transaction ends, so that nobody unfreezes a stream while the relay freezes rows.

    Call this before the statement that reads or deletes frozen rows. Then the statement sees all rows that the other
    holder of the lock has committed.
    """
    await connection.execute("select pg_advisory_xact_lock($1)", _FROZEN_LOCK)


async def hold_log(connection: Connection) -> None:
    """Take an advisory lock until the transaction ends, so that retention and a replay never run at the same time.

    Retention deletes rows of the event log, and a replay inserts outbox rows for them. Call this before the statement
    itself, so that the statement sees what the other transaction committed.
    """
    await connection.execute("select pg_advisory_xact_lock($1)", _LOG_LOCK)


@dataclass(frozen=True, slots=True)
class Again:
    """Selects the events to publish again: those of a topic since a time, of one key or (None) of all keys."""

    topic: str
    since: datetime
    key: str | None = None
    after: int = 0
    """Select only events with a higher id in the event log than this."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The result for one part of the event log: the number of events, and where the next part begins, or None."""

    events: int
    next: int | None = None


_SLICE = """
select count(*) as seen, max(id) as last,
       coalesce(array_agg(id) filter (where not pending and not frozen), '{}') as ids
from (select id, exists (select from outbox_pending p where p.id = l.id) as pending,
             exists (select from outbox_frozen f where f.topic = l.topic and f.key = l.key) as frozen
      from event_log l
      where topic = $1 and occurred_at >= $2 and ($3::text is null or key = $3) and id > $4
      order by id limit $5) as part
"""
_PUBLISH = "insert into outbox_pending (id) select unnest($1::bigint[]) on conflict do nothing"


async def count_again(connection: Connection, again: Again) -> Slice:
    """Count the events in the next SLICE rows of the event log that `publish_again` would publish."""
    ids, following = await _next_slice(connection, again)
    return Slice(len(ids), following)


async def publish_again(connection: Connection, again: Again, by: Operator) -> Slice:
    """Insert outbox rows for events in the next SLICE rows of the log, except events of frozen streams."""
    async with connection.transaction():
        await hold_log(connection)
        ids, following = await _next_slice(connection, again)
        await connection.execute(_PUBLISH, ids)
        target = {"topic": again.topic, "from": again.since.isoformat(), "key": again.key, "events": len(ids)}
        await note(connection, by, Verb.REPLAY_LOG, target)
        await connection.execute(_MOVED)
    return Slice(len(ids), following)


async def _next_slice(connection: Connection, again: Again) -> tuple[list[int], int | None]:
    """Return the ids of the events to publish in the next SLICE rows of the log, and the id after which to go on."""
    row = await connection.fetchrow(_SLICE, again.topic, again.since, again.key, again.after, SLICE)
    assert row is not None  # noqa: S101 - an aggregate is one row
    return list(row["ids"]), row["last"] if row["seen"] == SLICE else None

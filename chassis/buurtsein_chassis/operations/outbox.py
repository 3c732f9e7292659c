"""What an operator does with the outbox: look, publish again what froze, publish again what was published before.

Invariant: only outbox rows are added and removed. What is published, and in which order, follows from the event log,
and consumers drop what they applied before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from buurtsein_chassis.database import CHANNEL, Connection
from buurtsein_chassis.operations.audit import Operator, Verb, note

_MOVED = f"notify {CHANNEL}, 'moved'"
"""Sent with the commit: outbox rows were added below what the relay has read, so it must read from the start."""
MOST_COUNTED = 100_000
"""A longer outbox is counted up to this."""
SLICE = 10_000
"""Events that one call of `publish_again` looks at."""
_LOG_LOCK = 0x6C6F67
OLDEST_SECONDS = """
select extract(epoch from now() - occurred_at)::float8
from (select id, (select occurred_at from event_log l where l.id = p.id) from outbox_pending p) as pending
where occurred_at is not null order by id limit 1
"""
"""Looks up one outbox row after the other until one has its event: a row without an event must not hide the rest."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A stream that the broker refused; nothing of it is published."""

    topic: str
    key: str
    events: int
    reason: str
    """Kafka's name for the refusal."""
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is still to be published."""

    pending: int
    """Counted up to MOST_COUNTED."""
    oldest_seconds: float
    frozen_streams: int


async def status(connection: Connection) -> Outbox:
    """Return how much is still to be published, and how many streams are frozen."""
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
    """Return frozen streams in the order of topic and key, those after a place."""
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
    """Give a stream's events back to the relay, which publishes them in the order of the log; returns how many."""
    async with connection.transaction():
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


async def hold_log(connection: Connection) -> None:
    """Lock the event log against retention, or against replays, until the transaction ends.

    Retention deletes rows of the log, a replay adds outbox rows for them. Take the lock before the statement, which
    then sees what the other has done.
    """
    await connection.execute("select pg_advisory_xact_lock($1)", _LOG_LOCK)


@dataclass(frozen=True, slots=True)
class Again:
    """Which events of the log are to be published once more: those of a topic since a time, perhaps of one key."""

    topic: str
    since: datetime
    key: str | None = None
    after: int = 0
    """Only events with a higher id of the log."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What one call came to; `next` is the id of the log to go on after, None when there are no more."""

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
    """Count how many events of the next slice `publish_again` would publish."""
    ids, following = await _next_slice(connection, again)
    return Slice(len(ids), following)


async def publish_again(connection: Connection, again: Again, by: Operator) -> Slice:
    """Have the relay publish the next slice of events once more; frozen streams stay frozen."""
    async with connection.transaction():
        await hold_log(connection)
        ids, following = await _next_slice(connection, again)
        await connection.execute(_PUBLISH, ids)
        target = {"topic": again.topic, "from": again.since.isoformat(), "key": again.key, "events": len(ids)}
        await note(connection, by, Verb.REPLAY_LOG, target)
        await connection.execute(_MOVED)
    return Slice(len(ids), following)


async def _next_slice(connection: Connection, again: Again) -> tuple[list[int], int | None]:
    """Return the ids to publish among the next SLICE events, and the id to go on after."""
    row = await connection.fetchrow(_SLICE, again.topic, again.since, again.key, again.after, SLICE)
    assert row is not None  # noqa: S101 - an aggregate is one row
    return list(row["ids"]), row["last"] if row["seen"] == SLICE else None

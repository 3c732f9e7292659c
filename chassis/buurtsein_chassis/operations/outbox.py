"""What an operator does with the outbox: look, publish again what froze, publish again what was published before.

Invariant: only pointers move. What is published and in which order follows from the log, and consumers remove what
they have already.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from buurtsein_chassis.database import CHANNEL, Connection
from buurtsein_chassis.operations.audit import Operator, note

_MOVED = f"notify {CHANNEL}, 'moved'"
"""With the commit: pointers are there again that the relay has passed, so that it begins anew."""
_LOG_LOCK = 0x6C6F67
OLDEST_SECONDS = """
select extract(epoch from now() - occurred_at)::float8
from (select id, (select occurred_at from event_log l where l.id = p.id) from outbox_pending p) as pending
where occurred_at is not null order by id limit 1
"""
"""A look-up for each pointer until one of them has its row: a pointer to nothing must not hide how old the rest is."""


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
    oldest_seconds: float
    frozen: list[Frozen]


async def status(connection: Connection) -> Outbox:
    """The outbox now."""
    pending = await connection.fetchval("select count(*) from outbox_pending")
    return Outbox(pending, await connection.fetchval(OLDEST_SECONDS) or 0.0, await frozen(connection))


async def frozen(connection: Connection) -> list[Frozen]:
    """Frozen streams, the first refused first."""
    rows = await connection.fetch(
        """select topic, key, count(*) as events, (array_agg(reason order by id))[1] as reason,
                  min(frozen_at) as frozen_at
           from outbox_frozen group by topic, key order by frozen_at, topic, key"""
    )
    return [Frozen(**dict[str, Any](row)) for row in rows]


async def unfreeze(connection: Connection, stream: Frozen, by: Operator) -> int:
    """Give a stream's events back to the relay, which takes them in the order of the log; how many."""
    async with connection.transaction():
        moved = await connection.fetchval(
            """with thawed as (delete from outbox_frozen where topic = $1 and key = $2 returning id),
                    given as (insert into outbox_pending (id) select id from thawed on conflict do nothing)
               select count(*) from thawed""",
            stream.topic,
            stream.key,
        )
        await note(connection, by, "outbox unfreeze", {"topic": stream.topic, "key": stream.key, "events": moved})
        await connection.execute(_MOVED)
    return int(moved)


async def hold_log(connection: Connection) -> None:
    """Until the transaction ends: what cuts the log and what points into it again wait for one another.

    To be taken before the statement, which then sees what the other has done.
    """
    await connection.execute("select pg_advisory_xact_lock($1)", _LOG_LOCK)


_AGAIN = """from event_log l
    where topic = $1 and occurred_at >= $2 and ($3::text is null or key = $3)
      and not exists (select from outbox_pending p where p.id = l.id)
      and not exists (select from outbox_frozen f where f.topic = l.topic and f.key = l.key)"""


async def count_again(connection: Connection, topic: str, since: datetime, key: str | None) -> int:
    """How many events `publish_again` would publish."""
    return int(await connection.fetchval(f"select count(*) {_AGAIN}", topic, since, key))


async def publish_again(connection: Connection, topic: str, since: datetime, key: str | None, by: Operator) -> int:
    """Have the relay publish once more what was recorded since a time; frozen streams stay frozen. How many."""
    async with connection.transaction():
        await hold_log(connection)
        done = await connection.execute(
            f"insert into outbox_pending (id) select l.id {_AGAIN} on conflict do nothing",
            topic,
            since,
            key,
        )
        events = int(done.rpartition(" ")[2])
        target = {"topic": topic, "from": since.isoformat(), "key": key, "events": events}
        await note(connection, by, "replay log", target)
        await connection.execute(_MOVED)
    return events

"""Lists the streams that wait for a missing event, and releases them: the stream then goes on without that event."""

from dataclasses import dataclass
from typing import Any

from buurtsein_chassis.database import Connection
from buurtsein_chassis.operations.audit import Operator, Verb, note
from buurtsein_chassis.operations.dead_letters import move


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stream of one consumer that has parked events, because an earlier event is missing."""

    consumer: str
    topic: str
    key: str
    position: int
    """The last version of the stream that the consumer applied."""
    first: int
    """The version of the first parked event; the events between `position` and this one are missing."""
    events: int
    seconds: float
    """The seconds for which the oldest event has been parked."""
    dead: int
    """The number of open dead letters of this stream; the stream waits for one of these."""


type Place = tuple[str, str, str]
"""The place of a stream in a sorted list: consumer, topic and key."""


async def waiting(
    connection: Connection,
    consumer: str | None = None,
    key: str | None = None,
    after: Place = ("", "", ""),
    limit: int | None = None,
) -> list[Waiting]:
    """Return at most `limit` streams with parked events, sorted by consumer, topic and key.

    `after` is the place of the last stream on the page before.
    """
    rows = await connection.fetch(
        """select k.consumer, k.topic, k.key, coalesce(max(p.version), 0) as position, min(k.version) as first,
                  count(*) as events, extract(epoch from now() - min(k.parked_at))::float8 as seconds,
                  (select count(*) from dead_letter d where d.consumer = k.consumer and d.topic = k.topic
                   and d.key = k.key and d.state = 'dead') as dead
           from parked k left join stream_position p using (consumer, topic, key)
           where ($1::text is null or k.consumer = $1) and ($2::text is null or k.key = $2)
             and (k.consumer, k.topic, k.key) > ($3, $4, $5)
           group by k.consumer, k.topic, k.key order by k.consumer, k.topic, k.key limit $6""",
        consumer,
        key,
        *after,
        limit,
    )
    return [Waiting(**dict[str, Any](row)) for row in rows]


async def count(connection: Connection) -> int:
    """Count the streams with parked events."""
    number: int = await connection.fetchval(
        "select count(*) from (select distinct consumer, topic, key from parked) as streams"
    )
    return number


async def release(connection: Connection, stream: Waiting, by: Operator) -> str:
    """Let a stream go on at its first parked event; missing events that arrive later are dropped.

    `stream` is the stream as `waiting` returned it. Returns `released` on success. Without any change it returns
    `held-by-dead-letter` (redrive or discard that dead letter instead), or `moving` (the position has changed since,
    because the consumer works on the stream).
    """
    if stream.dead:
        return "held-by-dead-letter"
    async with connection.transaction():
        name = (stream.topic, stream.key)
        if not await move(connection, stream.consumer, name, stream.position, stream.first - 1):
            return "moving"
        target = {"consumer": stream.consumer, "topic": stream.topic, "key": stream.key}
        await note(connection, by, Verb.RELEASE, target | {"from": stream.position, "to": stream.first - 1})
    return "released"

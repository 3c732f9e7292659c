"""What an operator does with streams that wait for an event that has not come: look, or let them go on without it."""

from dataclasses import dataclass
from typing import Any

from buurtsein_chassis.database import Connection
from buurtsein_chassis.operations.audit import Operator, note
from buurtsein_chassis.operations.dead_letters import move


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stream of one consumer with parked events."""

    consumer: str
    topic: str
    key: str
    position: int
    """The last version applied."""
    first: int
    """The first version parked; those between are missing."""
    events: int
    seconds: float
    """How long the oldest has been parked."""
    dead: int
    """Open dead letters of this stream: what it waits for is one of these."""


async def waiting(connection: Connection, consumer: str | None = None, key: str | None = None) -> list[Waiting]:
    """All streams with parked events, the longest parked first."""
    rows = await connection.fetch(
        """select k.consumer, k.topic, k.key, coalesce(max(p.version), 0) as position, min(k.version) as first,
                  count(*) as events, extract(epoch from now() - min(k.parked_at))::float8 as seconds,
                  (select count(*) from dead_letter d where d.consumer = k.consumer and d.topic = k.topic
                   and d.key = k.key and d.state = 'dead') as dead
           from parked k left join stream_position p using (consumer, topic, key)
           where ($1::text is null or k.consumer = $1) and ($2::text is null or k.key = $2)
           group by k.consumer, k.topic, k.key order by seconds desc""",
        consumer,
        key,
    )
    return [Waiting(**dict[str, Any](row)) for row in rows]


async def release(connection: Connection, stream: Waiting, by: Operator) -> str:
    """Let a stream go on at its first parked event; the missing ones will be dropped when they come after all.

    Returns `released`; or, changing nothing, `held-by-dead-letter` (settle that instead), `moving` (its consumer is
    at it now).
    """
    if stream.dead:
        return "held-by-dead-letter"
    async with connection.transaction():
        name = (stream.topic, stream.key)
        if not await move(connection, stream.consumer, name, stream.position, stream.first - 1):
            return "moving"
        target = {"consumer": stream.consumer, "topic": stream.topic, "key": stream.key}
        await note(connection, by, "parked release", target | {"from": stream.position, "to": stream.first - 1})
    return "released"

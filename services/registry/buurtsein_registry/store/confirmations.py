"""Reads from event log and confirmations which erasures of persons an outside consumer has not yet confirmed."""

from collections.abc import Sequence

import asyncpg

from buurtsein_chassis.database import Connection

_OPEN = """
from event_log e cross join unnest($1::text[]) as c (consumer)
left join erasure_confirmation f on f.event_id = e.event_id and f.consumer = c.consumer
where e.topic = 'bin.erasures' and f.event_id is null
"""


async def open_erasures(connection: Connection, consumers: Sequence[str], days: int, most: int) -> list[asyncpg.Record]:
    """Return the erasures not confirmed by consumers: rows with `event_id`, `consumer`, `erased_at` and `late`."""
    return await connection.fetch(
        f"""select e.event_id, c.consumer, e.occurred_at as erased_at,
                e.occurred_at < now() - make_interval(days => $2) as late
            {_OPEN} order by e.id, c.consumer limit $3""",  # a constant of this module
        list(consumers),
        days,
        most,
    )


async def late_erasures(connection: Connection, consumers: Sequence[str], days: int) -> dict[str, int]:
    """Return for each of these consumers the number of erasures of persons that it has not confirmed in time."""
    rows = await connection.fetch(
        f"""select c.consumer, count(*) as number {_OPEN}
            and e.occurred_at < now() - make_interval(days => $2) group by 1""",  # a constant of this module
        list(consumers),
        days,
    )
    return dict.fromkeys(consumers, 0) | {row["consumer"]: row["number"] for row in rows}

"""Holds the events that a consumer has not applied yet, in one more temporary table of a rebuild.

Invariant: `sifted` and `released` return only events that the consumer has applied. The table `reached` has the last
version of each stream that the consumer has applied.
"""

from collections.abc import AsyncIterator, Sequence

import asyncpg

from buurtsein_chassis.inbox import Received, Stream, headers_from_json, headers_to_json, receive
from buurtsein_chassis.kafka import BATCH

_TABLE = """
create temporary table held (topic text, key text, version bigint, partition integer, "offset" bigint,
                             headers text, value bytea, primary key (topic, key, version))
"""
_REACHED = """
select topic, key, version from reached where (topic, key) in (select * from unnest($1::text[], $2::text[]))
"""
_HOLD = "insert into held values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing"
_RELEASE = """
delete from held where (topic, key, version) in (
    select topic, key, held.version from held join reached using (topic, key)
    where held.version <= reached.version order by topic, key, held.version limit $1)
returning topic, partition, "offset", headers, value
"""


class Held:
    """The events that wait until the consumer has applied them."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        """Take the database session of the rebuild."""
        self._connection = connection

    async def begin(self) -> None:
        """Create the temporary table."""
        await self._connection.execute(_TABLE)

    async def sifted(self, records: Sequence[Received]) -> list[Received]:
        """Put the events that the consumer has not applied yet into the table `held`; return the other records."""
        topics, keys = zip(*{record.stream for record in records}, strict=True)
        rows = await self._connection.fetch(_REACHED, topics, keys)
        reached: dict[Stream, int] = {(row["topic"], row["key"]): row["version"] for row in rows}
        early = {n for n, one in enumerate(records) if one.event and one.event.sequence > reached.get(one.stream, 0)}
        await self._connection.executemany(_HOLD, [_row(records[n]) for n in sorted(early)])
        return [record for n, record in enumerate(records) if n not in early]

    async def released(self) -> AsyncIterator[list[Received]]:
        """Yield, in batches, the held events that the consumer has applied by now, and delete them from the table."""
        while rows := await self._connection.fetch(_RELEASE, BATCH):
            yield [
                receive(one["topic"], one["partition"], one["offset"], headers_from_json(one["headers"]), one["value"])
                for one in rows
            ]


def _row(record: Received) -> tuple[object, ...]:
    assert record.event is not None  # noqa: S101  # only events are held
    place = (record.partition, record.offset)
    return (*record.stream, record.event.sequence, *place, headers_to_json(record.headers), record.value)

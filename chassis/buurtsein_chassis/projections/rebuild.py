"""Rebuilds or verifies a projection from its topics, while the service goes on answering and consuming.

Invariant: the rows in use change in one transaction, in which the consumer applies nothing and the rows made again have
followed every stream as far as it has. Before that a rebuild can be broken off at any moment, and leaves nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from buurtsein_chassis.projections.declared import Projection
from buurtsein_chassis.projections.staging import Staging
from buurtsein_chassis.projections.topic_reader import TopicReader

ROUNDS = 2
"""How often the topics are read to their end before the consumer is stopped for the last read; the second time reads
what arrived during the first."""

type Progress = Callable[[int, int], Awaitable[None]]
"""Is told after each batch how many records were read, of how many; what it raises breaks the work off."""


class Incomplete(Exception):
    """The topics lack events of some streams that the consumer has applied; `keys` are the streams'."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(f"{len(keys)} streams")
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a rebuild or verification."""

    records: int
    differing: Sequence[str]
    """Keys of rows that were not as the events tell; after a rebuild they are."""
    incomplete: Sequence[str]
    """Keys of streams of which the topics lack events; their rows are as they were."""


async def rebuild(
    projection: Projection[Any],
    connection: asyncpg.Connection,
    reader: TopicReader,
    progress: Progress,
    *,
    keep_incomplete: bool = False,
) -> Result:
    """Make all rows again from the beginning of the topics and put them in the place of those in use.

    Raises:
        Incomplete: events are missing, and streams without all their events were not to be kept as they are.
        LockNotAvailableError: the consumer's transactions take too long; try again.
    """
    staging = Staging(connection, projection)
    await staging.begin()
    for _ in range(ROUNDS):
        await _catch_up(staging, reader, progress)
    differing = await staging.differing()
    async with connection.transaction():
        await staging.lock()
        await _catch_up(staging, reader, progress)
        incomplete = await staging.incomplete()
        if incomplete and not keep_incomplete:
            raise Incomplete(incomplete)
        await staging.replace()
        await connection.execute(
            """insert into public.projection (name, version, rebuilt_at) values ($1, $2, now())
               on conflict (name) do update set version = excluded.version, rebuilt_at = excluded.rebuilt_at""",
            projection.name,
            projection.version,
        )
    return Result(reader.read, differing, incomplete)


async def verify(
    projection: Projection[Any], connection: asyncpg.Connection, reader: TopicReader, progress: Progress
) -> Result:
    """Compare the rows in use with those that the events give; changes nothing and holds nobody up."""
    staging = Staging(connection, projection)
    await staging.begin()
    for _ in range(ROUNDS):
        await _catch_up(staging, reader, progress)
    return Result(reader.read, await staging.differing(), await staging.incomplete())


async def _catch_up(staging: Staging[Any], reader: TopicReader, progress: Progress) -> None:
    await staging.remember()
    async for records in reader.read_on():
        await staging.take(records)
        await progress(reader.read, reader.total)

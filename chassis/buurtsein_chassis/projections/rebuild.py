"""Rebuilds or verifies a projection from its topics, while the service goes on answering and consuming.

Invariant: the rows in use are replaced in one transaction. In that transaction the consumer is locked out, and the new
rows include every event that the consumer has applied. Until then a rebuild can be stopped at any moment, and leaves
no trace.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from buurtsein_chassis.projections.staging import Staging
from buurtsein_chassis.projections.topic_reader import TopicReader

ROUNDS = 2
"""How many times the topics are read to their end before the consumer is locked out for the last read. The second time
reads only the records that arrived during the first."""

type Progress = Callable[[int, int], Awaitable[None]]
"""A function that is called after each batch with the number of records read and the total. An exception from it stops
the work."""


class Incomplete(Exception):
    """Raised when the topics lack events that the consumer has applied; `keys` names the incomplete streams."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(f"{len(keys)} streams")
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a rebuild or verification: the records read, and the rows that differed."""

    records: int
    differing: Sequence[str]
    """The keys of rows that differed from what the events give; a rebuild has corrected these rows."""
    incomplete: Sequence[str]
    """The keys of streams of which the topics no longer have all events; their rows were not changed."""


async def rebuild(
    staging: Staging[Any], reader: TopicReader, progress: Progress, *, keep_incomplete: bool = False
) -> Result:
    """Compute all rows again from the beginning of the topics, and replace the rows in use by the new ones.

    With `keep_incomplete`, a stream whose events are not all on the topics keeps its row.

    Raises:
        Incomplete: the topics do not have all events of some streams, and `keep_incomplete` is False.
        LockNotAvailableError: the consumer's transactions take too long; try again.
    """
    await staging.begin()
    for _ in range(ROUNDS):
        await _catch_up(staging, reader, progress)
    differing = await staging.differing()
    async with staging.unit_of_work():
        await staging.lock()
        await _catch_up(staging, reader, progress)
        incomplete = await staging.incomplete()
        if incomplete and not keep_incomplete:
            raise Incomplete(incomplete)
        await staging.replace()
    return Result(reader.read, differing, incomplete)


async def verify(staging: Staging[Any], reader: TopicReader, progress: Progress) -> Result:
    """Compare the rows in use with rows computed again from the topics; change nothing and lock nothing."""
    await staging.begin()
    for _ in range(ROUNDS):
        await _catch_up(staging, reader, progress)
    return Result(reader.read, await staging.differing(), await staging.incomplete())


async def _catch_up(staging: Staging[Any], reader: TopicReader, progress: Progress) -> None:
    await staging.remember()
    async for records in reader.read_on():
        await staging.take(records)
        await progress(reader.read, reader.total)

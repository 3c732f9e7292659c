"""Sends the rows of a list to a service, a few at a time.

Invariant: outcomes come in the order of the rows; rows with the same number are sent one after the other; memory does
not grow with the number of rows.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Protocol

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.sheets import Remark, Row

AT_ONCE = 8
WINDOW = 200
"""How many rows are held in memory and looked up in one request."""
GIVE_UP = 3 * AT_ONCE
"""The import stops when this many consecutive rows failed."""
ACCEPTED, DUPLICATE, REFUSED, FAILED = "accepted", "duplicate", "refused", "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one row: `accepted`, `duplicate`, `refused:<code>` or `failed:<reason>`."""

    row: Row
    result: str
    remarks: tuple[Remark, ...] = ()
    """Why the row was refused, or how its cells were read."""

    @property
    def kind(self) -> str:
        """Return the kind of result: the part before the colon, such as `refused`."""
        return self.result.partition(":")[0]

    @property
    def code(self) -> str:
        """Return the error code or reason of a refused or failed row; empty for `accepted` and `duplicate`."""
        return self.result.partition(":")[2]


def refused(row: Row, remark: Remark) -> Outcome:
    """Return the result for a refused row, with its remark as the reason."""
    return Outcome(row, f"{REFUSED}:{remark.code}", (remark,))


class Destination(Protocol):
    """A Protocol: a service that accepts the rows of one kind of list."""

    async def known(self, rows: Sequence[Row]) -> Collection[int]:
        """Return the line numbers of rows that were accepted before, as far as one request can tell."""

    async def send(self, row: Row) -> Outcome:
        """Send one row to the service, and return the row's result."""


async def send_all(rows: Iterable[Row], destination: Destination) -> AsyncGenerator[Outcome, None]:
    """Send rows, several at the same time, and yield their results in the order of the rows.

    Raises:
        CommandError: `import-refused`, when the service refuses the token or is another service;
            `import-stopped`, when it no longer answers.
    """
    failed = 0
    for window in batched(rows, WINDOW):
        async for outcome in _window(window, destination):
            yield outcome
            failed = failed + 1 if outcome.kind == FAILED else 0
            if failed == GIVE_UP:
                raise CommandError("import-stopped", f"de dienst antwoordt niet meer ({outcome.code}): gestopt")


async def _window(rows: Sequence[Row], destination: Destination) -> AsyncIterator[Outcome]:
    known = await destination.known(rows)
    slots = asyncio.Semaphore(AT_ONCE)
    last_of: dict[str, asyncio.Task[Outcome]] = {}
    tasks = []
    for row in rows:
        task = asyncio.create_task(_in_turn(row, destination, known, slots, last_of.get(row.number)))
        last_of[row.number] = task
        tasks.append(task)
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _in_turn(
    row: Row,
    destination: Destination,
    known: Collection[int],
    slots: asyncio.Semaphore,
    before: "asyncio.Task[Outcome] | None",
) -> Outcome:
    if row.fault:
        return refused(row, row.fault)
    if before:
        await asyncio.wait([before])
    if row.line in known:
        return Outcome(row, DUPLICATE, row.notes)
    async with slots:
        return await destination.send(row)

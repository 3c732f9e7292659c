"""Defines base classes for the stores in tests: in memory for the handlers, on PostgreSQL for the real stores."""

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_contracts import EventData


class MemoryStore:
    """A store without a database, which keeps its rows in attributes; it stores copies and returns copies."""

    def __init__(self) -> None:
        self.events: list[EventData] = []

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Self]:
        """Begin a unit of work, whose changes are kept only when no error is raised."""
        before = {name: copy.copy(rows) for name, rows in self.__dict__.items()}
        try:
            yield self
        except BaseException:
            self.__dict__ = before
            raise

    async def record(self, *events: EventData) -> None:
        self.events += events

    async def recorded(self) -> int:
        """Return the number of recorded events."""
        return len(self.events)


class PostgresStore[S]:
    """Gives the shared store tests a PostgreSQL store in its own database."""

    def __init__(self, database: Database, store: Callable[[UnitOfWork], S]) -> None:
        self.database = database
        self._store = store

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[S]:
        """Yield the store in a unit of work, which is committed when no error is raised."""
        async with self.database.unit_of_work() as uow:
            yield self._store(uow)

    async def recorded(self) -> int:
        """Return the number of recorded events."""
        return int(await self.database.pool.fetchval("select count(*) from event_log"))

"""Holds the unit of work in which the tables of the registry are read and written."""

from typing import override

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import EventData
from buurtsein_registry.handlers.stores import Recording


class Unit(Recording):
    """A unit of work: the database connection of one transaction, and the events that are recorded in it."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Take the unit of work on whose database connection all statements run."""
        self._uow = uow
        self._connection = uow.connection

    @override
    async def record(self, *events: EventData) -> None:
        await self._uow.record(*events)

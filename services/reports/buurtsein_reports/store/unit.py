"""Holds the unit of work in which the tables of reports are read and written."""

from typing import override

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import EventData
from buurtsein_reports.handlers import Store


class Unit(Store):
    """A unit of work: the database connection of one transaction, and the events that are recorded in it."""

    def __init__(self, uow: UnitOfWork, nis: str) -> None:
        """Take the unit of work on whose connection all statements run, and the municipality's NIS code."""
        self._uow = uow
        self._nis = nis
        self._connection = uow.connection

    @override
    async def record(self, *events: EventData) -> None:
        await self._uow.record(*events)

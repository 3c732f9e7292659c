"""Holds the unit of work in which the tables of funding are read and written."""

from typing import override
from uuid import UUID

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import EventData, KnownNetwork
from buurtsein_funding.handlers import Store
from buurtsein_funding.projections import members_of, network_of


class Unit(Store):
    """A unit of work: the database connection of one transaction, and the events that are recorded in it."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Take the unit of work on whose connection all statements run."""
        self._uow = uow
        self._connection = uow.connection

    @override
    async def record(self, *events: EventData) -> None:
        await self._uow.record(*events)

    @override
    async def network(self, network_id: UUID) -> KnownNetwork | None:
        return await network_of(self._connection, network_id)

    @override
    async def members(self, network_id: UUID) -> int | None:
        return await members_of(self._connection, network_id)

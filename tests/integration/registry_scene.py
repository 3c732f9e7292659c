"""Defines a store of the registry on PostgreSQL, with what the shared store tests ask of the database itself."""

from uuid import UUID

from unit.registry.registry_memory import GIVEN

from buurtsein_chassis.database import Database
from buurtsein_registry.store import RegistryStore
from harness.stores import PostgresStore


class Registry(PostgresStore[RegistryStore]):
    """Opens the registry's store on a PostgreSQL database, and reads erasures and confirmations from the tables."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, lambda uow: RegistryStore(uow, GIVEN.keyring))

    async def erasures(self) -> list[UUID]:
        """Return the ids of the events PersonErased, the earliest first."""
        rows = await self.database.pool.fetch("select event_id from event_log where topic = 'bin.erasures' order by id")
        return [row["event_id"] for row in rows]

    async def confirmed(self) -> dict[tuple[UUID, str], str | None]:
        """Return who confirmed each erasure, by event and consumer; None for a service."""
        rows = await self.database.pool.fetch("select event_id, consumer, confirmed_by from erasure_confirmation")
        return {(row["event_id"], row["consumer"]): row["confirmed_by"] for row in rows}

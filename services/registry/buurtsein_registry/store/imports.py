"""Reads and writes the table of rows that were imported from other lists."""

from typing import override
from uuid import UUID

from buurtsein_chassis.database import ConcurrentWrite
from buurtsein_registry.domain.imports import NETWORKS, OWN_SYSTEM, Imported
from buurtsein_registry.handlers.stores import ImportStore
from buurtsein_registry.store.unit import Unit

_OWN_NETWORK = "select network_id from network where code = $1"
_OWN_MEMBER = "select member_id from member where member_id::text = lower($1) and network_id::text = $2"


class ImportTable(Unit, ImportStore):
    """Reads and writes the table of rows that were imported from other lists."""

    @override
    async def imported(self, scope: str, system: str, number: str) -> UUID | None:
        became: UUID | None = await self._connection.fetchval(
            "select became from imported_row where scope = $1 and system = $2 and number = $3", scope, system, number
        )
        return await self._own(scope, number) if became is None and system == OWN_SYSTEM else became

    async def _own(self, scope: str, number: str) -> UUID | None:
        """Return the id of the network or member that a row of our own export describes, or None if it is not here."""
        if scope == NETWORKS:
            network: UUID | None = await self._connection.fetchval(_OWN_NETWORK, number)
            return network
        member: UUID | None = await self._connection.fetchval(_OWN_MEMBER, number, scope)
        return member

    @override
    async def note_import(self, record: Imported) -> None:
        added = await self._connection.fetchval(
            """insert into imported_row (scope, system, number, became, actor, reason, imported_at)
               values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning true""",
            record.scope,
            record.system,
            record.number,
            record.became,
            record.actor,
            record.reason,
            record.imported_at,
        )
        if not added:
            raise ConcurrentWrite

"""Keeps the rows of imported lists in memory, for tests of the registry's handlers."""

from typing import override
from uuid import UUID

from buurtsein_registry.domain.imports import Imported
from buurtsein_registry.handlers.stores import ImportStore


class RowsInMemory(ImportStore):
    """Keeps which network or member each imported row became; a part of the registry's store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str, str], Imported] = {}

    @override
    async def imported(self, scope: str, system: str, number: str) -> UUID | None:
        known = self.rows.get((scope, system, number))
        return known.became if known else None

    @override
    async def note_import(self, record: Imported) -> None:
        self.rows[record.scope, record.system, record.number] = record

"""Reads and writes the editions of the alert rules."""

from datetime import date
from functools import lru_cache
from typing import Any, override

from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_chassis.editions import EditionTable, row_in_force
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.rule_editions import KIND, document_of, read


class RuleTable(EditionTable):
    """Reads and writes the editions of the alert rules; edition 0 has the rules of the installation's settings."""

    def __init__(self, uow: UnitOfWork, first: RuleBook) -> None:
        """Take the unit of work, and the rules with which the installation begins."""
        self._connection = uow.connection
        self._first = first

    @override
    def shipped_document(self, kind: str) -> dict[str, Any]:
        return document_of(self._first)


async def rules_on(connection: Connection, day: date) -> RuleBook | None:
    """Return the approved rules in force on a day; None if the installation's own rules are still in force."""
    row = await row_in_force(connection, KIND, day)
    return _read(row["document"]) if row else None


@lru_cache(maxsize=8)
def _read(document: str) -> RuleBook:
    return read(document)

"""Reads and writes the table `edition` of a service; what is in force is read on any connection."""

import json
from abc import abstractmethod
from datetime import date
from typing import Any

import asyncpg

from buurtsein_chassis.database import ConcurrentWrite, Connection
from buurtsein_kernel.editions import Edition, Last
from buurtsein_kernel.problems import missing

_FIELDS = tuple(Edition.model_fields)
_IN_FORCE = """
select number, valid_from, document from edition
where kind = $1 and status = 'APPROVED' and ($2::date is null or valid_from <= $2) order by number desc limit 1
"""
_ADD = f"""
insert into edition ({", ".join(_FIELDS)}) values ({", ".join(f"${place}" for place in range(1, 1 + len(_FIELDS)))})
"""  # noqa: S608 - names in this project


async def row_in_force(connection: Connection, kind: str, day: date | None) -> Any:
    """Return number, first day and document, as JSON text, of the edition that is in force on a day.

    Without a day it is the last approved one. Returns None when edition 0 is in force, which has no row.
    """
    return await connection.fetchrow(_IN_FORCE, kind, day)


async def in_force(connection: Connection, kind: str, day: date | None, shipped: dict[str, Any]) -> Last:
    """Return the edition of a kind that is in force on a day, or the last approved one without a day.

    `shipped` is the document of edition 0, which is in force before all others.
    """
    row = await row_in_force(connection, kind, day)
    return Last.model_validate(with_document(row)) if row else Last(document=shipped)


async def found_edition(connection: Connection, kind: str, number: int, *, lock: bool = False) -> Any:
    """Return the row of an edition, which is locked when `lock` is true; raise DomainError `edition_unknown`."""
    query = f"select * from edition where kind = $1 and number = $2 {'for update' if lock else ''}"  # noqa: S608
    row = await connection.fetchrow(query, kind, number)
    if row is None:
        raise missing("edition_unknown", "Deze versie bestaat niet.")
    return row


def with_document(row: Any) -> dict[str, Any]:
    """Return the columns of an edition, with its document as an object."""
    return dict(row) | {"document": json.loads(row["document"])}


class EditionTable:
    """Reads and writes the table `edition` in one unit of work; a subclass returns the documents of edition 0."""

    _connection: Connection

    @abstractmethod
    def shipped_document(self, kind: str) -> dict[str, Any]:
        """Return the document of edition 0 of a kind."""

    async def last_approved(self, kind: str) -> Last:
        """Return the last approved edition of a kind, and lock the kind until the transaction ends."""
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"edition {kind}")
        return await in_force(self._connection, kind, None, self.shipped_document(kind))

    async def next_number(self, kind: str) -> int:
        """Return the number of the next edition of a kind."""
        number: int = await self._connection.fetchval(
            "select coalesce(max(number), 0) + 1 from edition where kind = $1", kind
        )
        return number

    async def edition(self, kind: str, number: int) -> Edition:
        """Return an edition and lock its row; raise DomainError `edition_unknown` when it does not exist."""
        return Edition.model_validate(with_document(await found_edition(self._connection, kind, number, lock=True)))

    async def add_edition(self, edition: Edition) -> None:
        """Insert a new edition; raise ConcurrentWrite when another transaction inserts one with its number."""
        values = edition.model_dump() | {"document": json.dumps(edition.document)}
        try:
            await self._connection.execute(_ADD, *(values[name] for name in _FIELDS))
        except asyncpg.UniqueViolationError as error:
            raise ConcurrentWrite from error

    async def save_decision(self, edition: Edition) -> None:
        """Update an edition after it was approved or withdrawn."""
        await self._connection.execute(
            "update edition set status = $3, decided_by = $4, decided_at = $5 where kind = $1 and number = $2",
            edition.kind,
            edition.number,
            edition.status,
            edition.decided_by,
            edition.decided_at,
        )

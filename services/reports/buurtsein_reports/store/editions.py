"""Reads and writes the editions of categories and routing; those in force are read on any connection."""

import json
from datetime import date
from functools import lru_cache
from typing import Any, override

import asyncpg

from buurtsein_chassis.database import ConcurrentWrite, Connection
from buurtsein_kernel.problems import missing
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.edition import Edition, EditionKind, Last
from buurtsein_reports.domain.routing import RoutingTable, shipped_routing
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.store.unit import Unit

_FIELDS = tuple(Edition.model_fields)
_IN_FORCE = """
select number, valid_from, document from edition
where kind = $1 and status = 'APPROVED' and ($2::date is null or valid_from <= $2) order by number desc limit 1
"""
_ADD = f"""
insert into edition ({", ".join(_FIELDS)}) values ({", ".join(f"${place}" for place in range(1, 1 + len(_FIELDS)))})
"""  # noqa: S608 - names in this project


async def categories_on(connection: Connection, day: date) -> CategoryTable:
    """Return the categories that are in force on a day."""
    row = await connection.fetchrow(_IN_FORCE, EditionKind.CATEGORIES, day)
    return _categories(row["number"], row["document"]) if row else shipped_categories()


async def categories_of(connection: Connection, number: int) -> CategoryTable:
    """Return one approved edition of the categories, by its number."""
    if number == 0:
        return shipped_categories()
    row = await found_edition(connection, EditionKind.CATEGORIES, number)
    return _categories(number, row["document"])


async def routing_on(connection: Connection, day: date) -> RoutingTable:
    """Return the units and rules that are in force on a day."""
    row = await connection.fetchrow(_IN_FORCE, EditionKind.ROUTING, day)
    return _routing(row["number"], row["document"]) if row else shipped_routing()


async def last_approved(connection: Connection, kind: EditionKind) -> Last:
    """Return the last approved edition of a kind."""
    return await in_force(connection, kind, None)


async def in_force(connection: Connection, kind: EditionKind, day: date | None) -> Last:
    """Return the edition of a kind that is in force on a day; without a day, the last approved one."""
    row = await connection.fetchrow(_IN_FORCE, kind, day)
    return Last.model_validate(with_document(row)) if row else Last(document=shipped_document(kind))


def shipped_document(kind: EditionKind) -> dict[str, Any]:
    """Return the document of edition 0 of a kind."""
    shipped = shipped_categories() if kind is EditionKind.CATEGORIES else shipped_routing()
    return shipped.model_dump(mode="json", exclude={"edition"})


async def found_edition(connection: Connection, kind: EditionKind, number: int, *, lock: bool = False) -> Any:
    """Return the row of an edition, which is locked when `lock` is true; raise DomainError `edition_unknown`."""
    query = f"select * from edition where kind = $1 and number = $2 {'for update' if lock else ''}"  # noqa: S608
    row = await connection.fetchrow(query, kind, number)
    if row is None:
        raise missing("edition_unknown", "Deze versie bestaat niet.")
    return row


def with_document(row: Any) -> dict[str, Any]:
    """Return the columns of an edition, with its document as an object."""
    return dict(row) | {"document": json.loads(row["document"])}


@lru_cache(maxsize=16)
def _categories(number: int, document: str) -> CategoryTable:
    return CategoryTable.model_validate_json(document).model_copy(update={"edition": number})


@lru_cache(maxsize=16)
def _routing(number: int, document: str) -> RoutingTable:
    return RoutingTable.model_validate_json(document).model_copy(update={"edition": number})


class EditionTable(Unit):
    """The editions, in one unit of work."""

    @override
    async def categories_on(self, day: date) -> CategoryTable:
        return await categories_on(self._connection, day)

    @override
    async def categories_of(self, number: int) -> CategoryTable:
        return await categories_of(self._connection, number)

    @override
    async def routing_on(self, day: date) -> RoutingTable:
        return await routing_on(self._connection, day)

    @override
    async def last_approved(self, kind: EditionKind) -> Last:
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"edition {kind}")
        return await last_approved(self._connection, kind)

    @override
    async def next_number(self, kind: EditionKind) -> int:
        number: int = await self._connection.fetchval(
            "select coalesce(max(number), 0) + 1 from edition where kind = $1", kind
        )
        return number

    @override
    async def edition(self, kind: EditionKind, number: int) -> Edition:
        return Edition.model_validate(with_document(await found_edition(self._connection, kind, number, lock=True)))

    @override
    async def add_edition(self, edition: Edition) -> None:
        values = edition.model_dump() | {"document": json.dumps(edition.document)}
        try:
            await self._connection.execute(_ADD, *(values[name] for name in _FIELDS))
        except asyncpg.UniqueViolationError as error:
            raise ConcurrentWrite from error

    @override
    async def save_decision(self, edition: Edition) -> None:
        await self._connection.execute(
            "update edition set status = $3, decided_by = $4, decided_at = $5 where kind = $1 and number = $2",
            edition.kind,
            edition.number,
            edition.status,
            edition.decided_by,
            edition.decided_at,
        )

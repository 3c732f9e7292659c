"""Reads the editions of categories and routing; those in force are read on any connection."""

from datetime import date
from functools import lru_cache
from typing import Any, override

from buurtsein_chassis import editions
from buurtsein_chassis.database import Connection
from buurtsein_kernel.hours import STORED
from buurtsein_reports.domain.category import CategoryData, CategoryTable
from buurtsein_reports.domain.edition import EditionKind
from buurtsein_reports.domain.routing import RoutingTable, shipped_routing
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.store.unit import Unit

_FORMER = """
select distinct on (data ->> 'category') data ->> 'category' as name, data::text as data
from edition, jsonb_array_elements(document -> 'categories') data
where kind = $1 and status = 'APPROVED' and valid_from <= $2 and data ->> 'category' <> all($3)
order by data ->> 'category', number desc
"""


async def categories_on(connection: Connection, day: date) -> CategoryTable:
    """Return the categories that are in force on a day."""
    row = await editions.row_in_force(connection, EditionKind.CATEGORIES, day)
    return _categories(row["number"], row["document"]) if row else shipped_categories()


async def categories_of(connection: Connection, number: int) -> CategoryTable:
    """Return one approved edition of the categories, by its number."""
    if number == 0:
        return shipped_categories()
    row = await editions.found_edition(connection, EditionKind.CATEGORIES, number)
    return _categories(number, row["document"])


async def routing_on(connection: Connection, day: date) -> RoutingTable:
    """Return the units and rules that are in force on a day."""
    row = await editions.row_in_force(connection, EditionKind.ROUTING, day)
    return _routing(row["number"], row["document"]) if row else shipped_routing()


async def former_categories(connection: Connection, day: date, table: CategoryTable) -> list[CategoryData]:
    """Return the categories of earlier editions that `table` lacks, each as the last edition that has it defines it."""
    names = [one.category for one in table.categories]
    rows = await connection.fetch(_FORMER, EditionKind.CATEGORIES, day, names)
    removed = {one.category: one for one in shipped_categories().categories if table.find(one.category) is None}
    return list((removed | {row["name"]: CategoryData.model_validate_json(row["data"]) for row in rows}).values())


def shipped_document(kind: str) -> dict[str, Any]:
    """Return the document of edition 0 of a kind."""
    shipped = shipped_categories() if kind == EditionKind.CATEGORIES else shipped_routing()
    return shipped.model_dump(mode="json", exclude={"edition"})


@lru_cache(maxsize=16)
def _categories(number: int, document: str) -> CategoryTable:
    return CategoryTable.model_validate_json(document).model_copy(update={"edition": number})


@lru_cache(maxsize=16)
def _routing(number: int, document: str) -> RoutingTable:
    return RoutingTable.model_validate_json(document, context=STORED).model_copy(update={"edition": number})


class EditionTable(editions.EditionTable, Unit):
    """Reads and writes the editions of categories and routing, in one unit of work."""

    @override
    def shipped_document(self, kind: str) -> dict[str, Any]:
        return shipped_document(kind)

    @override
    async def categories_on(self, day: date) -> CategoryTable:
        return await categories_on(self._connection, day)

    @override
    async def categories_of(self, number: int) -> CategoryTable:
        return await categories_of(self._connection, number)

    @override
    async def routing_on(self, day: date) -> RoutingTable:
        return await routing_on(self._connection, day)

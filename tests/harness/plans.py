"""Reads the query plans of lists on PostgreSQL, and checks that a list is found by its indexes."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import Condition, Listing, ListQuery, page_rows, statements
from buurtsein_chassis.lists.cursors import Place

MOST_READ = 25_000
"""The most rows that the plans of a page may read; a search walks through 10,200 rows at most, and uses an index then.
"""
MOST_COUNTED = 60_000
"""The most rows that a count may read: PostgreSQL may read a part of the table until it has 10,001 rows."""
INDEXES = """
select indexname, indexdef from pg_indexes
where tablename = $1 and indexname not in (select conname from pg_constraint)
"""


@asynccontextmanager
async def without_indexes(connection: Connection, table: str) -> AsyncIterator[None]:
    """Drop a table's indexes, except those of constraints, during the `with` block, and create them again after it.

    An index that is made of many rows at once takes less time than one to which the rows are added one by one.
    """
    rows = await connection.fetch(INDEXES, table)
    for row in rows:
        await connection.execute(f"drop index {row['indexname']}")
    yield
    for row in rows:
        await connection.execute(row["indexdef"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


async def explained(connection: Connection, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    [[text]] = await connection.fetch(f"explain (analyze, format json) {sql}", *values)
    return list(nodes(json.loads(text)[0]["Plan"]))


def rows_read(plan: list[dict[str, Any]]) -> int:
    """Return how many table rows a query plan read, including rows that its filters dropped."""
    others = {"Bitmap Index Scan", "Subquery Scan"}
    scans = [one for one in plan if one["Node Type"].endswith("Scan") and one["Node Type"] not in others]
    return sum(int(one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"] for one in scans)


async def check(connection: Connection, listing: Listing[Any], query: ListQuery, fixed: Sequence[Condition]) -> None:
    """Check the query plans of a list's page, of its next page, and of its count."""
    conditions = [*fixed, *query.conditions()]
    first, rows = await _page_explained(connection, listing, query, conditions, None)
    assert rows
    after = Place(rows[-1]["list_value"], rows[-1]["list_key"])
    second, _ = await _page_explained(connection, listing, query, conditions, after)
    for plan in (first, second):
        assert ("Seq Scan", listing.table) not in {(one["Node Type"], one.get("Relation Name")) for one in plan}, plan
        assert rows_read(plan) <= MOST_READ, plan
    assert rows_read(await explained(connection, *statements.number(listing, conditions))) <= MOST_COUNTED


class _Explaining:
    """A connection that also keeps the plan of each statement that it is asked."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.plan: list[dict[str, Any]] = []

    async def prepare(self, sql: str) -> Any:
        return SimpleNamespace(fetch=partial(self._fetch, sql))

    async def _fetch(self, sql: str, *values: Any) -> list[Any]:
        self.plan += await explained(self.connection, sql, values)
        return await self.connection.fetch(sql, *values)


async def _page_explained(
    connection: Connection,
    listing: Listing[Any],
    query: ListQuery,
    conditions: Sequence[Condition],
    after: Place | None,
) -> tuple[list[dict[str, Any]], Sequence[Any]]:
    """Return the plan of all statements that make a page, and the rows of the page."""
    asked = _Explaining(connection)
    rows = await page_rows(cast("Connection", asked), listing, query.order, conditions, after, query.limit + 1)
    return asked.plan, rows

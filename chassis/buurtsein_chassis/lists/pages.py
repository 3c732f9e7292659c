"""Fetches one page of a list from PostgreSQL; few rows are read, however many rows the conditions select.

PostgreSQL does not know whether a searched word is common or rare. For a common word, a short walk through the list in
its order fills the page, while the index would return nearly all rows. For a rare word, the index returns few rows,
while a walk would read the whole list. So the walk comes first, and stops soon when it finds few rows.

Invariant: a page has the first rows of the list with the conditions, whichever statement found them.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import statements
from buurtsein_chassis.lists.cursors import Place
from buurtsein_chassis.lists.declared import Condition, Listing

_WALKED = (20, 200)
"""How many rows a walk reads for each row of the page: in the first walk, and in the second one."""
_WORTH_WALKING = 5
"""A second walk follows when the first one found at least one in this many of the page's rows."""


async def page_rows(
    connection: Connection,
    listing: Listing[Any],
    order: str,
    conditions: Sequence[Condition],
    after: Place | None,
    limit: int,
) -> Sequence[asyncpg.Record]:
    """Return at most `limit` rows of a list in the named order, from the row after the place `after`."""
    page = (listing, order, conditions, after, limit)
    if not any(one.searched for one in conditions):
        return await answered(connection, statements.rows(*page))
    for walked in _WALKED:
        found = await answered(connection, statements.rows_among_next(*page, walked * limit))
        if len(found) == limit:
            return found
        if len(found) * _WORTH_WALKING < limit:
            break
    return await answered(connection, statements.rows_looked_up(*page))


async def answered(connection: Connection, statement: statements.Statement) -> Sequence[asyncpg.Record]:
    """Return the rows of a list's statement, after PostgreSQL has made a new plan for the values.

    The plan that PostgreSQL would reuse after five executions assumes that all words and places are equally common.
    """
    sql, values = statement
    prepared = await connection.prepare(sql)
    return await prepared.fetch(*values)

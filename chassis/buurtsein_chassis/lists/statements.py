"""Makes the SQL statements of a list: one for the rows of a page, one for the number of rows."""

from collections.abc import Sequence
from typing import Any

from buurtsein_chassis.lists.cursors import Place
from buurtsein_chassis.lists.declared import MOST_FOUND, Condition, Listing

type Statement = tuple[str, list[Any]]
"""SQL and its arguments."""


def rows(
    listing: Listing[Any], order: str, conditions: Sequence[Condition], after: Place | None, limit: int
) -> Statement:
    """Return the SQL that selects at most `limit` rows in the named order, from the row after the place `after`.

    Each row also has the columns `list_value` and `list_key`, which are the place of the row in this order.
    """
    by = listing.orders[order]
    direction, sign = ("desc", "<") if by.descending else ("asc", ">")
    place = f"({by.column}, {listing.key}) {sign} ({{}}::text::{by.type}, {{}}::text::uuid)"
    begun = [Condition(place, (after.value, after.key))] if after else []
    found, values = _found(listing, [*conditions, *begun])
    sql = f"""select {listing.select}, ({by.column})::text as list_value, {listing.key}::text as list_key
        from {found}
        order by {by.column} {direction}, {listing.key} {direction} limit {limit}"""  # noqa: S608 # declared text only
    return sql, values


def number(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL that counts a list's rows, up to one more than the list's maximum count."""
    found, values = _found(listing, conditions)
    some = f"select from {found} limit {listing.most_rows + 1}"
    return f"select count(*) from ({some}) as counted", values  # noqa: S608 # declared text only


def tag(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL for a tag of rows, which changes when a row is added, removed or changed."""
    found, values = _found(listing, conditions)
    one = f"{listing.key}::text || ':' || ({listing.version})::text"
    sql = f"""select coalesce(md5(string_agg(one, ',' order by one)), '') from (
        select {one} as one from {found} limit {listing.most_rows}) as tagged"""  # noqa: S608 # declared text only
    return sql, values


def _found(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL after `from` that names the table of a list and its conditions."""
    first = [one for one in conditions if one.comes_first]
    others = [one for one in conditions if not one.comes_first]
    table, values = listing.table, list[Any]()
    if first:
        where, values = _where(first, values)
        table = f"(select * from {table} where {where} limit {MOST_FOUND}) as {table}"  # noqa: S608 # declared text only
    where, values = _where(others, values)
    return f"{table} where {where}", values


def _where(conditions: Sequence[Condition], before: Sequence[Any]) -> Statement:
    """Return conditions with numbered parameters, and their values after those `before`."""
    values = [*before]
    parts = []
    for one in conditions:
        numbers = [f"${len(values) + index}" for index in range(1, len(one.values) + 1)]
        parts.append(f"({one.sql.format(*numbers)})")
        values += one.values
    return " and ".join(parts) or "true", values

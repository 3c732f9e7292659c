"""Makes the SQL statements of a list: one for the rows of a page, one for the number of rows."""

from collections.abc import Sequence
from typing import Any

from buurtsein_chassis.lists.cursors import Place
from buurtsein_chassis.lists.declared import Condition, Listing

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
    where, values = _where([*conditions, *begun])
    sql = f"""select {listing.select}, ({by.column})::text as list_value, {listing.key}::text as list_key
        from {listing.table} where {where}
        order by {by.column} {direction}, {listing.key} {direction} limit {limit}"""  # noqa: S608 # declared text only
    return sql, values


def number(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL that counts a list's rows, up to one more than the list's maximum count."""
    where, values = _where(conditions)
    some = f"select from {listing.table} where {where} limit {listing.most_rows + 1}"  # declared text only
    return f"select count(*) from ({some}) as counted", values  # noqa: S608 # declared text only


def tag(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL for a tag of rows, which changes when a row is added, removed or changed."""
    where, values = _where(conditions)
    one = f"{listing.key}::text || ':' || ({listing.version})::text"
    sql = f"""select coalesce(md5(string_agg(one, ',' order by one)), '') from (
        select {one} as one from {listing.table} where {where} limit {listing.most_rows}) as tagged"""  # noqa: S608 # declared text only
    return sql, values


def _where(conditions: Sequence[Condition]) -> Statement:
    values: list[Any] = []
    parts = []
    for one in conditions:
        numbers = [f"${len(values) + index}" for index in range(1, len(one.values) + 1)]
        parts.append(f"({one.sql.format(*numbers)})")
        values += one.values
    return " and ".join(parts) or "true", values

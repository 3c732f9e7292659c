"""Makes the SQL statements of a list: for the rows of a page, for the number of rows, and for a tag of the rows."""

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
    where, values = _where([*conditions, *_begun(listing, order, after)])
    return _page(listing, order, f"{listing.table} where {where}", limit), values


def rows_among_next(
    listing: Listing[Any], order: str, conditions: Sequence[Condition], after: Place | None, limit: int, among: int
) -> Statement:
    """Return the SQL for the same rows as `rows`, but only those among the next `among` rows that are walked through.

    They are rows of the whole list, or only those with the conditions that an index finds (`Condition.walked`).
    """
    of_order = Condition(listing.orders[order].rows, ())
    part, others = ([one for one in conditions if one.walked is yes] for yes in (True, False))
    walked, values = _where([of_order, *part, *_begun(listing, order, after)])
    where, values = _where(others, values)
    some = f"select * from {listing.table} where {walked} {_sorted(listing, order)} limit {among}"  # noqa: S608 # declared text only
    return _page(listing, order, f"({some}) as {listing.table} where {where}", limit), values


def rows_looked_up(
    listing: Listing[Any], order: str, conditions: Sequence[Condition], after: Place | None, limit: int
) -> Statement:
    """Return the SQL for the rows of `rows`; PostgreSQL first finds all rows with the conditions, and then sorts them.

    `offset 0` keeps PostgreSQL from walking through the list in its order.
    """
    where, values = _where(conditions)
    begun, values = _where(_begun(listing, order, after), values)
    found = f"select * from {listing.table} where {where} offset 0"  # noqa: S608 # declared text only
    return _page(listing, order, f"({found}) as {listing.table} where {begun}", limit), values


def number(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL that counts a list's rows, up to one more than the list's maximum count."""
    where, values = _where(conditions)
    some = f"select from {listing.table} where {where} limit {listing.most_rows + 1}"
    return f"select count(*) from ({some}) as counted", values  # noqa: S608 # declared text only


def tag(listing: Listing[Any], conditions: Sequence[Condition]) -> Statement:
    """Return the SQL for a tag of rows, which changes when a row is added, removed or changed."""
    where, values = _where(conditions)
    one = f"{listing.key}::text || ':' || ({listing.version})::text"
    sql = f"""select coalesce(md5(string_agg(one, ',' order by one)), '') from (
        select {one} as one from {listing.table} where {where} limit {listing.most_rows}) as tagged"""  # noqa: S608 # declared text only
    return sql, values


def _page(listing: Listing[Any], order: str, found: str, limit: int) -> str:
    """Return the SQL for the first `limit` rows in the named order; `found` is the SQL after `from`."""
    return f"""select {listing.select},
        ({listing.orders[order].column})::text as list_value, {listing.key}::text as list_key
        from {found} {_sorted(listing, order)} limit {limit}"""  # noqa: S608 # declared text only


def _sorted(listing: Listing[Any], order: str) -> str:
    by = listing.orders[order]
    direction = "desc" if by.descending else "asc"
    return f"order by {by.column} {direction}, {listing.key} {direction}"


def _begun(listing: Listing[Any], order: str, after: Place | None) -> Sequence[Condition]:
    """Return the SQL condition that a row comes after a place in the named order; an empty list if `after` is None."""
    if after is None:
        return []
    by = listing.orders[order]
    sign = "<" if by.descending else ">"
    place = f"({by.column}, {listing.key}) {sign} ({{}}::text::{by.type}, {{}}::text::uuid)"
    return [Condition(place, (after.value, after.key))]


def _where(conditions: Sequence[Condition], before: Sequence[Any] = ()) -> Statement:
    """Return the conditions as SQL with numbered parameters, and all values, beginning with those in `before`."""
    values = [*before]
    parts = []
    for one in conditions:
        numbers = [f"${len(values) + index}" for index in range(1, len(one.values) + 1)]
        parts.append(f"({one.sql.format(*numbers)})")
        values += one.values
    return " and ".join(parts) or "true", values

"""Declares lists: table, filters and sort orders. A request names filters and an order, and gives only values.

Invariant: the SQL of a list is constant text of the program; what a client sends becomes an argument of the statement.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_chassis.paging import MOST_ITEMS, Page

_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause; each `{}` in the SQL is replaced by a parameter for one of the values."""

    sql: str
    values: tuple[Any, ...]
    searched: bool = False
    """Whether few rows or nearly all rows may have it, and PostgreSQL does not know which; see `pages`."""
    walked: bool = False
    """Whether an index has the rows with it by an order of the list, so that a walk reads no other rows."""


def condition(sql: str, *values: Any) -> Condition:
    """Return a condition with its values, one for each `{}` in the SQL."""
    return Condition(sql, values)


@dataclass(frozen=True, slots=True)
class Filter:
    """Annotates a field of a `ListQuery` with the function that makes SQL conditions from the client's value."""

    conditions: Callable[[Any], Sequence[Condition]]


def equals(column: str, *, walked: bool = False) -> Filter:
    """Return a filter for rows whose column equals the client's value; see `Condition.walked`."""
    return Filter(lambda value: [Condition(f"{column} = {{}}", (value,), walked=walked)])


def one_of(column: str) -> Filter:
    """Return a filter for rows whose column has one of the values in the client's list."""
    return Filter(lambda values: [condition(f"{column} = any({{}})", list(values))])


def contains(column: str, *, searched: bool = False) -> Filter:
    """Return a filter for rows whose jsonb array of texts contains the client's value.

    Args:
        column: the array.
        searched: whether some values are in few rows and others in nearly all rows.
    """
    return Filter(lambda value: [Condition(f"{column} ? {{}}", (value,), searched)])


def words_in(column: str) -> Filter:
    """Return a filter for rows whose tsvector column has, for each typed word, a word that begins with it."""
    found = f"{column} @@ to_tsquery('simple', {{}})"
    return Filter(lambda text: [Condition(found, (_beginnings(text),), searched=True)])


def _beginnings(text: str) -> str:
    words = re.findall(r"[^\W_]+", text)[:_MOST_WORDS]
    return " & ".join(f"{word}:*" for word in words)


PLACE = r"^-?[0-9]{1,3}(\.[0-9]{1,15})?,-?[0-9]{1,2}(\.[0-9]{1,15})?$"
"""The pattern of a query parameter that holds a longitude and a latitude in degrees, such as `4.0387,50.9378`."""


class Format(StrEnum):
    """The format of a list in the response: JSON, CSV or GeoJSON."""

    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"


class ListQuery(BaseModel):
    """The query parameters that every list has; a subclass adds filters and the names of its sort orders.

    A parameter that the list does not declare is refused.
    """

    model_config = ConfigDict(extra="forbid")

    order: str
    limit: int = Field(default=50, ge=1, le=MOST_ITEMS, description="Items on one page of JSON.")
    cursor: str | None = Field(default=None, description="The value of `next` on the page before.")
    count: bool = Field(default=False, description="Also count the items that the filters select.")
    format: Format | None = Field(default=None, description="The form of the list, instead of the header `Accept`.")

    def conditions(self) -> list[Condition]:
        """Return the SQL conditions of all filters for which the client sent a value."""
        fields = type(self).model_fields
        given = [(getattr(self, name), field) for name, field in fields.items()]
        return [
            one
            for value, field in given
            for declared in field.metadata
            if isinstance(declared, Filter) and value not in (None, [])
            for one in declared.conditions(value)
        ]


type SqlType = Literal["text", "uuid", "date", "timestamptz", "integer"]


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order of a list: a column that is never null; rows with equal values are sorted by their key."""

    column: str
    type: SqlType
    descending: bool = False
    rows: str = "true"
    """The SQL condition of the rows in the index of this order, where the index does not have all rows."""


@dataclass(frozen=True, slots=True)
class Listing[Item: BaseModel]:
    """The declaration of a list: `table` is its FROM clause, `select` its columns, `key` a unique uuid column."""

    name: str
    table: str
    select: str
    key: str
    orders: Mapping[str, Order]
    cells: Mapping[str, Callable[[Item], object]]
    """The columns of the list as CSV: for each heading a function that returns the cell of an item."""
    place: str | None = None
    """The field of an item that holds its geometry, for a list that is also offered as GeoJSON."""
    version: str = "0"
    """The column that changes whenever the item changes, for the ETag of a list that is sent in pieces."""
    most_rows: int = 10_000
    """The most rows in one CSV or GeoJSON response, and the highest number that `count` returns."""


class Total(BaseModel):
    """The number of items that match the filters; `exact` is false when there are more than that number."""

    number: int
    exact: bool


class ListPage[Item](Page[Item]):
    """One page of a list, with the total number of items when the request asked for it."""

    total: Total | None = None

"""Writes and reads cursors of lists; a cursor contains the list, the order, and the last row of a page.

Invariant: a page begins after that row also when rows were inserted or deleted meanwhile. A cursor of another list or
order is refused.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from buurtsein_chassis.lists.declared import Listing, SqlType
from buurtsein_chassis.problem import Problem

_CHECKS: dict[SqlType, Callable[[str], object]] = {
    "text": lambda text: text.index("\0") if "\0" in text else text.encode(),
    "uuid": UUID,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "integer": int,
}
"""Functions that raise ValueError for a text that PostgreSQL could not convert to the type."""


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a row in a sorted list: its sort value and its key, both as PostgreSQL writes them."""

    value: str
    key: str


def cursor_after(place: Place, listing: Listing[Any], order: str) -> str:
    """Return the cursor of the page that begins after a row."""
    text = json.dumps([listing.name, order, place.value, place.key], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_in(cursor: str | None, listing: Listing[Any], order: str) -> Place | None:
    """Return the position that a cursor contains; None when there is no cursor. Raise Problem 422 `cursor_unknown`."""
    if cursor is None:
        return None
    try:
        name, of_order, value, key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        _CHECKS[listing.orders[order].type](value)
        UUID(key)
    except (ValueError, TypeError, AttributeError, RecursionError):
        name = of_order = None
    if (name, of_order) != (listing.name, order):
        raise Problem(422, "cursor_unknown", "Deze cursor hoort niet bij deze lijst. Begin bij de eerste bladzijde.")
    return Place(value, key)

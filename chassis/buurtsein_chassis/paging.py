"""Divides lists into pages, each with a cursor for the next page."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

MOST_ITEMS = 200

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS)]
"""A route's parameter `limit`: the number of items on one page."""


class Page[Item](BaseModel):
    """One page of a list; `next` is the cursor of the next page, and absent on the last page."""

    items: list[Item]
    next: str | None = None


def page_of(items: list[Any], limit: int, cursor_of: Callable[[Any], str]) -> Page[Any]:
    """Return a page of at most `limit` items; pass one item more than `limit` when there is a next page."""
    more = len(items) > limit
    kept = items[:limit]
    return Page(items=kept, next=cursor_of(kept[-1]) if more else None)

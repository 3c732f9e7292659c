"""Pages of a list: how many items a client may ask for, and where the next page begins."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

MOST_ITEMS = 200

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS)]
"""A route's parameter `limit`: the number of items on one page."""


class Page[Item](BaseModel):
    """A part of a list; `next` is the cursor for the following part, absent on the last."""

    items: list[Item]
    next: str | None = None


def page_of(items: list[Any], limit: int, cursor_of: Callable[[Any], str]) -> Page[Any]:
    """A page of `limit` items, made of a list that was read with one item more to see whether others follow."""
    more = len(items) > limit
    kept = items[:limit]
    return Page(items=kept, next=cursor_of(kept[-1]) if more else None)

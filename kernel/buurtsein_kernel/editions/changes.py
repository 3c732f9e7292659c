"""Compares two documents, and names what is different."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel


class Change(BaseModel):
    """One difference between two documents: its path, and the values before and after; an absent value is None."""

    where: str
    before: Any = None
    after: Any = None


def changes(before: Any, after: Any, where: str = "") -> Iterator[Change]:
    """Yield the differences between two documents; items of a list that have a code are compared by their code."""
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        if before != after:
            yield Change(where=where, before=before, after=after)
        return
    for key in dict.fromkeys([*old, *new]):
        yield from changes(old.get(key), new.get(key), f"{where}/{key}")
    if list(old) != list(new) and set(old) == set(new) and isinstance(before, list):
        yield Change(where=where, before=list(old), after=list(new))


def _parts(value: Any) -> Mapping[str, Any] | None:
    """Return the parts of an object, or of a list whose items have codes, by name; None for any other value."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(one, dict) and _code_of(one) for one in value):
        return {_code_of(one): one for one in value}
    return None


def _code_of(item: dict[str, Any]) -> str:
    return str(item.get("code") or item.get("category") or item.get("id") or "")

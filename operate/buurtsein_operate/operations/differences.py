"""Defines the differences that `buurtsein verify` finds: each has a topic or consumer, key, version and event id."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg


class Difference(NamedTuple):
    """One difference that `buurtsein verify` found, in an event or a stream; unknown values are None."""

    what: str
    where: str
    """The name of the topic or of the consumer in which the difference was found."""
    key: str | None
    version: int | None
    """The event's sequence number; for `ahead`, the consumer's position in the stream."""
    event_id: UUID | None


def of(what: str, where: str, row: asyncpg.Record) -> Difference:
    """Return a difference of kind `what` about one event; `row` has the event's key, version and event_id."""
    return Difference(what, where, row["key"], row["version"], row["event_id"])


def counted(differences: Iterable[Difference], *kinds: str) -> dict[str, Any]:
    """Return the number of differences of each kind."""
    numbers = Counter(difference.what for difference in differences)
    return {kind: numbers[kind] for kind in kinds}

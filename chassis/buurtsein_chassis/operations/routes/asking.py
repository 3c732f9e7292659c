"""Defines what all operators' routes share: access, paging, dry runs, and the description of the service."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from fastapi import Query

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, may_call
from buurtsein_chassis.jobs import Job
from buurtsein_chassis.manifest import manifests
from buurtsein_chassis.problem import Problem
from buurtsein_chassis.projections import Projection
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, may_read

ByOperator = Annotated[Call[Caller], may_call("operator")]
ReadByOperator = Annotated[Reading[Caller], may_read("operator")]
Cursor = Annotated[str | None, Query(max_length=4000, description="The value of `next` on the page before.")]
DryRun = Annotated[bool, Query(description="Change nothing; only return what would be done.")]
Only = Annotated[str | None, Query(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Operated:
    """The service whose operators' routes are called: its name, its own topics, its jobs and its projections."""

    service: str
    topics: frozenset[str]
    jobs: Sequence[Job]
    projections: Sequence[Projection[Any]] = ()

    @classmethod
    def of(cls, service: str, jobs: Iterable[Job], projections: Iterable[Projection[Any]] = ()) -> Self:
        """Return the description of a service for these routes; its topics are those that its manifest owns."""
        own = manifests()[service].owns if service in manifests() else ()
        return cls(service, frozenset(topic.name for topic in own), list(jobs), list(projections))


OfService = Annotated[Operated, provided(Operated)]


def cursor_of(*place: str | int) -> str:
    """Return the cursor for the page after a row; `place` contains the row's values in the sort columns."""
    return json.dumps(place)


def place_in(cursor: str | None, *first: str) -> tuple[str, ...]:
    """Return the values in a cursor, or `first` when there is no cursor; raise Problem 422 for a malformed cursor."""
    if cursor is None:
        return first
    try:
        place = json.loads(cursor)
    except ValueError:
        place = None
    if not isinstance(place, list) or len(place) != len(first) or not all(isinstance(part, str) for part in place):
        raise Problem(422, "cursor_unknown", "Deze cursor bestaat niet. Begin opnieuw bij de eerste bladzijde.")
    return tuple(place)

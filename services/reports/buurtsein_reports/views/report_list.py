"""Declares the list of reports for the back-offices, without texts and without reporters."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import asyncpg
from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_chassis.lists import (
    PLACE,
    Condition,
    Filter,
    Lister,
    Listing,
    ListQuery,
    Order,
    Total,
    condition,
    equals,
    one_of,
    words_in,
)
from buurtsein_contracts.events.incident import ReportChannel, Route, Severity
from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_kernel.days import BRUSSELS
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.report import ReportFlag, read_reference
from buurtsein_reports.domain.states import CLOSED, ReportStatus
from buurtsein_reports.views.report_file import Reader

MOST_METRES = 5000
WORDS = "to_tsvector('simple', text)"
_SEVEREST = "array_position(array['Extreme', 'Severe', 'Moderate', 'Minor'], severity)"
"""Expressions that have an index, in exactly this form."""
_OPEN = "status not in ('RESOLVED', 'REJECTED', 'DUPLICATE')"
"""The condition of the indexes by term and by severity, in exactly this form."""


class Point(BaseModel):
    """A place in GeoJSON: longitude and latitude in degrees (WGS84)."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class ListedReport(BaseModel):
    """One report in the list, without its reporter and its text, which only the report's own page shows."""

    report_id: UUID
    reference: str
    status: ReportStatus
    category: CategoryCode
    severity: Severity
    route_to: list[Route]
    channel: ReportChannel
    reported_at: datetime
    happened_from: datetime
    due_on: date
    overdue: bool
    unit: str | None = None
    assignee: str | None = None
    planned_on: date | None = None
    forwarded_to: str | None = None
    answer_by: date | None = None
    duplicate_of: UUID | None = None
    network_id: UUID | None = None
    postcode: str | None = None
    within_metres: int | None = None
    """For a place that was only described: how far it is from `place` at most."""
    flags: list[ReportFlag]
    place: Point | None = None
    """Absent when retention has deleted it."""


CELLS: Mapping[str, Callable[[ListedReport], object]] = {
    "kenmerk": lambda shown: shown.reference,
    "status": lambda shown: shown.status,
    "soort": lambda shown: shown.category,
    "ernst": lambda shown: shown.severity,
    "behandelaar": lambda shown: shown.route_to,
    "dienst": lambda shown: shown.unit,
    "kanaal": lambda shown: shown.channel,
    "gemeld": lambda shown: shown.reported_at,
    "gebeurd": lambda shown: shown.happened_from,
    "af_te_handelen_op": lambda shown: shown.due_on,
    "te_laat": lambda shown: shown.overdue,
    "gepland": lambda shown: shown.planned_on,
    "doorgegeven_aan": lambda shown: shown.forwarded_to,
    "antwoord_voor": lambda shown: shown.answer_by,
    "postcode": lambda shown: shown.postcode,
    "binnen_meter": lambda shown: shown.within_metres,
    "lengtegraad": lambda shown: shown.place.coordinates[0] if shown.place else None,
    "breedtegraad": lambda shown: shown.place.coordinates[1] if shown.place else None,
    "netwerk": lambda shown: shown.network_id,
}
"""The columns of the list as CSV, by their headings."""


def _known(headings: list[str]) -> list[str]:
    if set(headings) <= CELLS.keys():
        return headings
    raise PydanticCustomError("column_unknown", "Deze kolom bestaat niet.")


def _is_open(wanted: bool) -> Sequence[Condition]:  # noqa: FBT001 - the value of a filter
    return [condition(_OPEN if wanted else f"not ({_OPEN})")]


def _reference(typed: str) -> Sequence[Condition]:
    """Return the SQL condition that a report's reference begins with the typed text."""
    return [condition("reference like {}", read_reference(typed).rstrip("-") + "%")]


def _inside(area: str) -> Sequence[Condition]:
    """Return the SQL condition that a place lies in a rectangle."""
    corners = map(float, area.split(","))
    return [condition("point(longitude, latitude) <@ box(point({}, {}), point({}, {}))", *corners)]


class ReportQuery(ListQuery):
    """The filters of the list of reports."""

    order: Literal["oldest", "newest", "due", "severest"] = "oldest"
    open: Annotated[bool | None, Filter(_is_open), Field(description="Only open reports, or only closed ones.")] = None
    report_id: Annotated[list[UUID] | None, one_of("report_id"), Field(max_length=200)] = None
    q: Annotated[
        str | None,
        words_in(WORDS),
        Field(max_length=100, description="Beginnings of words in the text."),
    ] = None
    status: Annotated[list[ReportStatus] | None, one_of("status")] = None
    category: Annotated[list[CategoryCode] | None, one_of("category")] = None
    severity: Annotated[list[Severity] | None, one_of("severity")] = None
    route: Annotated[
        Route | None,
        Filter(lambda route: [condition("{} = any(route_to)", route)]),
        Field(description="Who handles the report."),
    ] = None
    unit: Annotated[str | None, equals("unit"), Field(max_length=40)] = None
    assignee: Literal["me", "nobody"] | Pseudonym | None = Field(
        default=None, description="Who works on it; `me` for oneself, `nobody` for reports that nobody has."
    )
    channel: Annotated[ReportChannel | None, equals("channel")] = None
    network_id: Annotated[UUID | None, equals("network_id", walked=True)] = None
    postcode: Annotated[str | None, equals("postcode"), Field(pattern=r"^[1-9][0-9]{3}$")] = None
    reference: Annotated[str | None, Filter(_reference), Field(max_length=20, description="Its beginning.")] = None
    since: date | None = Field(default=None, description="The first day on which it was reported, in Belgium.")
    until: date | None = Field(default=None, description="The last day on which it was reported, in Belgium.")
    overdue: bool = Field(default=False, description="Only open reports whose term is over.")
    answer_overdue: bool = Field(
        default=False, description="Only forwarded reports about which the other body should have answered."
    )
    area: Annotated[
        str | None,
        Filter(_inside),
        Field(
            pattern=f"{PLACE[:-1]},{PLACE[1:]}", description="West, south, east and north of a rectangle, in degrees."
        ),
    ] = None
    near: str | None = Field(default=None, pattern=PLACE, description="Longitude and latitude.")
    metres: int = Field(default=250, ge=1, le=MOST_METRES, description="How far from `near`.")
    columns: Annotated[list[str], Field(min_length=1, max_length=len(CELLS)), AfterValidator(_known)] | None = Field(
        default=None, description="The headings of the CSV, in this order."
    )

    @model_validator(mode="after")
    def _only_open_have_a_term(self) -> Self:
        """Select only open reports if the order is by term or severity and the request has no filter `open`."""
        if self.order in {"due", "severest"} and self.open is None:
            self.open = True
        return self


REPORTS = Listing[ListedReport](
    name="reports",
    table="report",
    select="*",
    key="report_id",
    orders={
        "oldest": Order("reported_at", "timestamptz"),
        "newest": Order("reported_at", "timestamptz", descending=True),
        "due": Order("due_on", "date", rows=_OPEN),
        "severest": Order(_SEVEREST, "integer", rows=_OPEN),
    },
    cells=CELLS,
    place="place",
    version="version",
)


def listing_of(query: ReportQuery) -> Listing[ListedReport]:
    """Return the list of reports with the columns of CSV that a request chose."""
    return replace(REPORTS, cells={one: CELLS[one] for one in query.columns}) if query.columns else REPORTS


def listed_report(today: date, row: asyncpg.Record) -> ListedReport:
    """Return a report in the form of the list."""
    place = None if row["latitude"] is None else Point(coordinates=(row["longitude"], row["latitude"]))
    overdue = row["due_on"] < today and row["status"] not in CLOSED
    return ListedReport.model_validate(dict(row) | {"place": place, "overdue": overdue})


def asked_for(query: ReportQuery, today: date, reader: Reader) -> Sequence[Condition]:
    """Return the SQL conditions for parameters that depend on the day, on each other, or on the caller."""
    return [
        *([condition("'city' = any(route_to)")] if reader.only_city else []),
        *([_has(query.assignee, reader)] if query.assignee else []),
        *([condition("reported_at >= {}", _midnight(query.since))] if query.since else []),
        *([condition("reported_at < {}", _midnight(query.until + timedelta(1)))] if query.until else []),
        *([condition(f"due_on < {{}} and {_OPEN}", today)] if query.overdue else []),
        *([_unanswered(today)] if query.answer_overdue else []),
        *(_around(query.near, query.metres) if query.near else []),
    ]


def _unanswered(today: date) -> Condition:
    """Return the SQL condition that another body should have answered before a day."""
    return condition("answer_by < {} and status = 'FORWARDED'", today)


def _has(assignee: str, reader: Reader) -> Condition:
    """Return the SQL condition that a person works on a report, or that nobody does."""
    if assignee == "nobody":
        return condition("assignee is null")
    return condition("assignee = {}", reader.actor if assignee == "me" else assignee)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)


def _around(near: str, metres: int) -> Sequence[Condition]:
    """Return the SQL conditions that a place lies within a distance in metres; the first one can use an index."""
    longitude, latitude = map(float, near.split(","))
    narrow = max(math.cos(math.radians(latitude)), 0.01)
    north, east = metres / METRES_PER_DEGREE, metres / METRES_PER_DEGREE / narrow
    corners = (longitude - east, latitude - north, longitude + east, latitude + north)
    return [
        condition("point(longitude, latitude) <@ box(point({}, {}), point({}, {}))", *corners),
        condition("((longitude - {}) / {}) ^ 2 + ((latitude - {}) / {}) ^ 2 <= 1", longitude, east, latitude, north),
    ]


class ReportCounts(BaseModel):
    """The number of reports with each status, of overdue reports, and of reports with an overdue answer."""

    statuses: dict[ReportStatus, Total]
    overdue: Total
    """Open reports whose term for handling is over."""
    answer_overdue: Total
    """Forwarded reports about which the other body should have answered."""


async def report_counts(lister: Lister[Any], today: date, *, only_city: bool) -> ReportCounts:
    """Count the reports by status, and those that are late, among those that the caller may see."""
    seen = [condition("'city' = any(route_to)")] if only_city else []
    statuses = {
        status: await lister.count(REPORTS, [*seen, condition("status = {}", status.value)]) for status in ReportStatus
    }
    over = condition(f"due_on < {{}} and {_OPEN}", today)
    return ReportCounts(
        statuses=statuses,
        overdue=await lister.count(REPORTS, [*seen, over]),
        answer_overdue=await lister.count(REPORTS, [*seen, _unanswered(today)]),
    )

"""Suggests reports that may be about one incident: of one category, near each other, at about the same time."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.views.report_file import Reader, note_reading, readable

MOST = 20
"""The most reports that are suggested; the nearest come first."""
NEARBY = f"""
with near as (
    select *, sqrt(((longitude - $3) * $5::float8) ^ 2 + ((latitude - $4) * {METRES_PER_DEGREE}) ^ 2) as metres
    from report
    where point(longitude, latitude) <@ box(point($3 - $6::float8 / $5::float8, $4 - $6 / {METRES_PER_DEGREE}),
                                            point($3 + $6::float8 / $5::float8, $4 + $6 / {METRES_PER_DEGREE}))
)
select report_id, reference, status, category, happened_from, reported_at, text, duplicate_of,
    round(metres)::int as metres
from near
where category = $2 and report_id <> $1 and metres <= $6
    and happened_from between $7::timestamptz - $8::interval and $7::timestamptz + $8::interval
    and ($9 or 'city' = any(route_to))
order by metres, report_id limit {MOST}
"""  # noqa: S608 # constants of the program
"""The reports near a report: its id, category, longitude, latitude, metres in a degree of longitude, metres, moment,
span of time, and whether the reader may see reports that the city does not handle."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The most metres and hours between two reports of which one may be a duplicate of the other."""

    metres: int
    hours: int


class SimilarReport(BaseModel):
    """A report that may be about the same incident, with its text, so that a person can compare."""

    report_id: UUID
    reference: str
    status: ReportStatus
    category: CategoryCode
    happened_from: datetime
    reported_at: datetime
    metres: int
    """How far it is from the report that was asked about."""
    text: str
    duplicate_of: UUID | None = None


class SimilarReports(BaseModel):
    """The reports that may be about the same incident as a given report, the nearest first."""

    items: list[SimilarReport]


async def similar_reports(
    connection: Connection, report_id: UUID, reader: Reader, likeness: Likeness
) -> SimilarReports:
    """Return the reports that may be about the same incident as a report, and record that their texts were read.

    Raises:
        DomainError: `report_unknown` or `not_for_city`, for the report that was asked about.
    """
    async with connection.transaction():
        row = await readable(connection, report_id, reader)
        found = await _near(connection, row, reader, likeness) if row["latitude"] is not None else []
        await note_reading(connection, [one["report_id"] for one in found], reader)
    return SimilarReports(items=[SimilarReport.model_validate(dict(one)) for one in found])


async def _near(
    connection: Connection, row: asyncpg.Record, reader: Reader, likeness: Likeness
) -> list[asyncpg.Record]:
    metres_east = METRES_PER_DEGREE * math.cos(math.radians(row["latitude"]))
    place = (row["longitude"], row["latitude"], metres_east, float(likeness.metres))
    span = (row["happened_from"], timedelta(hours=likeness.hours))
    return await connection.fetch(NEARBY, row["report_id"], row["category"], *place, *span, not reader.only_city)

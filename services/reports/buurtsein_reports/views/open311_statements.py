"""Holds the statements that find reports for Open311."""

from collections.abc import Sequence
from typing import Any

from buurtsein_reports.domain.states import OPEN

MOST = 1000
"""The most reports of one request, as the standard says."""
REQUESTS = f"""
select r.reference, r.status, r.category, r.route_to, r.planned_on, r.closing_reason, r.due_on, r.reported_at,
    r.postcode, r.latitude, r.longitude, r.within_metres, s.at as updated_at
from report r left join report_step s on (s.report_id, s.number) = (r.report_id, r.version)
where 'city' = any(r.route_to) and r.category = any($1::text[])
    and ($2::text[] is null or r.reference = any($2))
    and ($3::text[] is null or r.status = any($3))
    and r.reported_at >= $4 and r.reported_at < $5
    and ($6::float8 is null or (r.route_to = array['city'] and r.within_metres is null
        and point(r.longitude, r.latitude) <@ box(point($6, $7), point($8, $9))))
order by r.reported_at desc, r.report_id desc limit {MOST}
"""  # noqa: S608 - a constant of the program
_OF_STATUS = "($3::text[] is null or r.status = any($3))"
REQUESTS_OPEN = REQUESTS.replace(
    _OF_STATUS, "$3::text[] is not null and r.status not in ('RESOLVED', 'REJECTED', 'DUPLICATE')"
)
"""The statement for all open reports. It has only the condition of their index, in exactly that form: with another
condition, PostgreSQL would combine two indexes and read every open report of the period."""


def statement_of(asked: Sequence[Any]) -> str:
    """Return the statement that answers a request with these arguments."""
    statuses = asked[2]
    return REQUESTS_OPEN if statuses and set(statuses) == OPEN else REQUESTS

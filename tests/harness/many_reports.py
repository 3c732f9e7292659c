"""Fills a database of reports with many rows, and defines the requests for lists that are measured."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.views import Reader
from buurtsein_reports.views.open311_query import RequestQuery
from harness.plans import without_indexes

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
FILL = """
insert into report (report_id, reference, tracking_sha256, category, severity, route_to, channel, status, text,
    happened_from, latitude, longitude, postcode, network_id, reported_at, due_on, unit, assignee, answer_by)
select gen_random_uuid(), upper(substr(md5(n::text), 1, 4)) || '-' || lpad(n::text, 6, '0'), '\\x00',
    (array['sluikstort', 'zwerfvuil', 'inbraak', 'graffiti'])[1 + n % 4],
    'Minor', case when n % 4 = 2 then array['police'] else array['city'] end, 'web',
    case when n % 50 = 0 then 'RECEIVED' when n % 997 = 0 then 'PLANNED'
        when n % 499 = 0 then 'FORWARDED' else 'RESOLVED' end,
    'de woord' || n % 1000 || case when n % 500 = 0 then ' zetel' else '' end,
    timestamptz '2026-01-01' + n * (interval '280 days' / {rows}), 50.9 + (n % 317) / 3170.0, 4.0 + (n % 331) / 3310.0,
    (9300 + n % 20)::text, md5((n % 200)::text)::uuid, timestamptz '2026-01-01' + n * (interval '280 days' / {rows}),
    date '2026-01-10' + n * 277 / {rows}, 'dienst-' || n % 20,
    case when n % 7 = 0 then 'p' || md5((n % 350)::text) end, case when n % 499 = 0 then date '2026-11-20' end
from generate_series(1, {rows}) n
"""


def reader(*, only_city: bool) -> Reader:
    """Return an officer to whom some of the reports are assigned, as the reader of a list."""
    return Reader(actor=ASSIGNEE, role="officer", only_city=only_city)


async def fill(connection: Connection, rows: int) -> None:
    """Insert `rows` reports spread over 280 days, and a step for one report in ten."""
    async with without_indexes(connection, "report"):
        await connection.execute(FILL.format(rows=rows))
    await connection.execute(FILL_STEPS)
    await connection.execute("vacuum analyze report")
    await connection.execute("vacuum analyze report_step")


ASKED: list[dict[str, Any]] = [
    {},
    {"order": "newest"},
    {"order": "due"},
    {"order": "due", "route": "city", "category": ["sluikstort"]},
    {"open": True},
    {"status": ["PLANNED"]},
    {"status": ["RECEIVED", "PLANNED"], "order": "newest"},
    {"overdue": True},
    {"answer_overdue": True},
    {"category": ["inbraak"], "order": "newest"},
    {"network_id": "c4ca4238-a0b9-2382-0dcc-509a6f75849b"},
    {"near": "4.05,50.95", "metres": 250},
    {"since": "2026-09-01", "until": "2026-09-03"},
    {"reference": "C4CA"},
    {"unit": "dienst-7", "order": "newest"},
    {"unit": "dienst-7", "open": True},
    {"assignee": "me"},
    {"assignee": "nobody", "open": True},
    {"area": "4.05,50.95,4.055,50.952"},
    {"order": "severest"},
    {"q": "zetel"},
    {"q": "woord100", "order": "due"},
    {"postcode": "9311", "status": ["PLANNED"]},
    {"q": "de", "order": "newest"},
    {"q": "de", "order": "due"},
    {"q": "de", "order": "severest"},
    {"q": "de", "network_id": "c4ca4238-a0b9-2382-0dcc-509a6f75849b"},
    {"q": "de", "postcode": "9311", "status": ["PLANNED"]},
    {"q": "woord10", "order": "newest"},
]
"""Every report has the word `de`, one in a hundred a word that begins with `woord10`, one in 500 the word `zetel`."""


ASSIGNEE = "pcfcd208495d565ef66e7dff9f98764da"
"""One of 50 people who have reports: `p` and the MD5 of the digit 0."""
ASKED_BY = [(query, city) for query in ASKED for city in (False, True) if not (city and "inbraak" in str(query))]
"""Each request of the police and of the city, which handles no burglaries."""


def open311_asked(**parameters: Any) -> list[Any]:
    """Return the arguments of the statement with which a request for Open311 reports is answered."""
    codes = [one.category for one in shipped_categories().offered]
    query = RequestQuery.model_validate(parameters)
    return [query.codes(codes), None, query.statuses(), *query.period(NOW), *query.box()]


OPEN311_ASKED: list[dict[str, Any]] = [
    {"end_date": "2026-09-01T00:00:00Z"},
    {"end_date": "2026-09-01T00:00:00Z", "status": "open"},
    {"end_date": "2026-09-01T00:00:00Z", "service_code": "graffiti"},
    {"end_date": "2026-09-01T00:00:00Z", "status": "open", "lat": 50.95, "long": 4.05},
    {"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-03-02T00:00:00Z", "status": "closed"},
]
"""Requests of Open311 clients, some of them for the longest period, in which more than 1,000 reports match."""
SIMILAR_ASKED = (UUID(int=0), "sluikstort", 4.05, 50.95, 70_000.0, 150.0, NOW, timedelta(hours=168), True)
"""The arguments of the statement that suggests duplicates of a report."""
FILL_STEPS = """
insert into report_step (report_id, number, status, at)
select report_id, 1, status, reported_at from report where hashtext(report_id::text) % 10 = 0
"""

"""Measures how long PostgreSQL takes for the slowest page of the lists of reports, with many rows."""

import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bench.bars import Bar
from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import condition, statements
from buurtsein_chassis.primary import connect
from buurtsein_reports import views
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.views.open311_statements import statement_of
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.many_reports import ASKED_BY, COMMON_WORD, OPEN311_ASKED, SIMILAR_ASKED, TODAY, fill, open311_asked, reader

LIMITS = {100_000: 50.0, 1_000_000: 100.0}
"""The milliseconds that an answer may take, by the number of reports."""
ROUNDS = 5

type Asked = tuple[str, Sequence[Any]]


async def report_lists(servers: RunningServers) -> list[Bar]:
    """Return for each size a bar that compares the slowest answer with its limit in milliseconds."""
    return [await _slowest(servers, rows, limit) for rows, limit in LIMITS.items()]


async def _slowest(servers: RunningServers, rows: int, limit: float) -> Bar:
    async with fresh_database(servers, "reports") as where:
        connection = await connect(where.migrator)
        await fill(connection, rows)
        answers = [[await _milliseconds(connection, *asked) for _ in range(ROUNDS)] for asked in asked_of_reports()]
        await connection.close()
    name = f"slowest list of {rows:,} reports / {limit:g} ms"
    return Bar(name, max(answers, key=median), [limit] * ROUNDS, 1, at_most=True)


def asked_of_reports() -> Iterator[Asked]:
    """Yield the statement and the arguments of each request: pages, counts, suggested duplicates and Open311."""
    for asked, only_city in [*ASKED_BY, (COMMON_WORD, False)]:
        query = views.ReportQuery.model_validate(asked)
        conditions = [*views.asked_for(query, TODAY, reader(only_city=only_city)), *query.conditions()]
        yield statements.rows(views.REPORTS, query.order, conditions, None, query.limit + 1)
    for status in ReportStatus:
        yield statements.number(views.REPORTS, [condition("status = {}", status.value)])
    yield views.NEARBY, SIMILAR_ASKED
    for parameters in OPEN311_ASKED:
        arguments = open311_asked(**parameters)
        yield statement_of(arguments), arguments


async def _milliseconds(connection: Connection, sql: str, values: Sequence[Any]) -> float:
    begun = time.perf_counter()
    await connection.fetch(sql, *values)
    return (time.perf_counter() - begun) * 1000

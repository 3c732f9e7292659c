"""Measures how long PostgreSQL takes for the slowest page of the lists of reports, with many rows."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any

from bench.bars import Bar
from bench.measure import milliseconds
from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import condition, page_rows, statements
from buurtsein_chassis.primary import connect
from buurtsein_reports import views
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.views.open311_statements import statement_of
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.many_reports import ASKED_BY, OPEN311_ASKED, SIMILAR_ASKED, TODAY, fill, open311_asked, reader

LIMITS = {100_000: 50.0, 1_000_000: 100.0}
"""The milliseconds that an answer may take, by the number of reports."""
ROUNDS = 5

type Ask = Callable[[], Awaitable[Any]]


async def report_lists(servers: RunningServers) -> list[Bar]:
    """Return for each number of rows a bar that compares the slowest answer with a limit in milliseconds."""
    return [await _slowest(servers, rows, limit) for rows, limit in LIMITS.items()]


async def _slowest(servers: RunningServers, rows: int, limit: float) -> Bar:
    async with fresh_database(servers, "reports") as where:
        connection = await connect(where.migrator)
        await fill(connection, rows)
        answers = [[await milliseconds(ask()) for _ in range(ROUNDS)] for ask in asked_of_reports(connection)]
        await connection.close()
    name = f"slowest list of {rows:,} reports / {limit:g} ms"
    return Bar(name, max(answers, key=median), [limit] * ROUNDS, 1, at_most=True)


def asked_of_reports(connection: Connection) -> Iterator[Ask]:
    """Yield a function for each request: pages, counts, suggested duplicates and Open311."""
    for asked, only_city in ASKED_BY:
        query = views.ReportQuery.model_validate(asked)
        conditions = [*views.asked_for(query, TODAY, reader(only_city=only_city)), *query.conditions()]
        yield partial(page_rows, connection, views.REPORTS, query.order, conditions, None, query.limit + 1)
    for status in ReportStatus:
        counted = statements.number(views.REPORTS, [condition("status = {}", status.value)])
        yield _fetched(connection, *counted)
    yield _fetched(connection, views.NEARBY, SIMILAR_ASKED)
    for parameters in OPEN311_ASKED:
        arguments = open311_asked(**parameters)
        yield _fetched(connection, statement_of(arguments), arguments)


def _fetched(connection: Connection, sql: str, values: Sequence[Any]) -> Ask:
    return partial(connection.fetch, sql, *values)

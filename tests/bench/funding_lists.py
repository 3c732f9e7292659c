"""Measures how long PostgreSQL takes for the slowest list, sum or count of funding, with many rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from bench.bars import Bar
from bench.lists import LIMITS, ROUNDS
from bench.measure import milliseconds
from buurtsein_chassis.lists import condition, statements
from buurtsein_chassis.lists.pages import answered
from buurtsein_chassis.primary import connect
from buurtsein_funding import views
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_funding.store.applications import HELD
from buurtsein_kernel.days import BRUSSELS
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.many_applications import A_NETWORK, ASKED, BATCHES_ASKED, OF_A_NETWORK, fill

type Asked = tuple[str, Sequence[Any]]


async def funding_lists(servers: RunningServers) -> list[Bar]:
    """Return for each number of rows a bar that compares the slowest answer with a limit in milliseconds."""
    return [await _slowest(servers, rows, limit) for rows, limit in LIMITS.items()]


async def _slowest(servers: RunningServers, rows: int, limit: float) -> Bar:
    async with fresh_database(servers, "funding") as where:
        connection = await connect(where.migrator)
        await fill(connection, rows)
        answers = [
            [await milliseconds(answered(connection, (sql, list(values)))) for _ in range(ROUNDS)]
            for sql, values in asked_of_funding()
        ]
        await connection.close()
    name = f"slowest list of {rows:,} applications for support / {limit:g} ms"
    return Bar(name, max(answers, key=median), [limit] * ROUNDS, 1, at_most=True)


def asked_of_funding() -> Iterator[Asked]:
    """Yield the statement and the arguments of each request: pages, counts, sums, batches and costs of messages."""
    of_all = [views.ApplicationQuery.model_validate(asked) for asked in ASKED]
    of_one = [views.OfNetwork.model_validate(asked) for asked in OF_A_NETWORK]
    for query, fixed in [
        *((one, [views.SUBMITTED]) for one in of_all),
        *((one, [*views.of_network(A_NETWORK)]) for one in of_one),
    ]:
        conditions = [*fixed, *query.conditions()]
        yield statements.rows(views.APPLICATION_LIST, query.order, conditions, None, query.limit + 1)
    for state in ApplicationState:
        yield statements.number(views.APPLICATION_LIST, [views.SUBMITTED, condition("state = {}", state.value)])
    yield views.SUMS, (2026,)
    yield HELD, ("steun", 2026, A_NETWORK)
    for of_batches in map(views.BatchQuery.model_validate, BATCHES_ASKED):
        yield statements.rows(views.BATCH_LIST, of_batches.order, of_batches.conditions(), None, of_batches.limit + 1)
    year = (A_NETWORK, datetime(2026, 1, 1, tzinfo=BRUSSELS), datetime(2027, 1, 1, tzinfo=BRUSSELS))
    yield views.COSTS_SUM, year
    yield views.COSTS_NEWEST, (*year, 500)

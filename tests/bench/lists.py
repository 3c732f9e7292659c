"""Measures how long PostgreSQL takes for the slowest page of the registry's lists, with many rows."""

from collections.abc import Sequence
from statistics import median
from typing import Any
from uuid import UUID

from bench.bars import Bar
from bench.measure import milliseconds
from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import Condition, Listing, ListQuery, condition, page_rows
from buurtsein_chassis.primary import connect
from buurtsein_registry import views
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.many_networks import DOSSIERS_ASKED, LARGEST, MEMBERS_ASKED, OVERVIEWS, TODAY, fill

LIMITS = {100_000: 50.0, 1_000_000: 100.0}
"""The milliseconds that a page may take, by the number of networks."""
ROUNDS = 5

type Asked = tuple[Listing[Any], ListQuery, Sequence[Condition]]


async def lists(servers: RunningServers) -> list[Bar]:
    """Return for each number of rows a bar that compares the slowest page with a limit in milliseconds."""
    return [await _slowest(servers, rows, limit) for rows, limit in LIMITS.items()]


async def _slowest(servers: RunningServers, rows: int, limit: float) -> Bar:
    async with fresh_database(servers, "registry") as where:
        connection = await connect(where.migrator)
        await fill(connection, rows)
        asked = _asked(await connection.fetchval(LARGEST))
        pages = [[await _milliseconds(connection, *one) for _ in range(ROUNDS)] for one in asked]
        await connection.close()
    name = f"slowest page of a list of {rows:,} networks / {limit:g} ms"
    return Bar(name, max(pages, key=median), [limit] * ROUNDS, 1, at_most=True)


def _asked(largest: UUID) -> list[Asked]:
    """Return the arguments of a request for each list with its filters; `largest` is a network with many members."""
    public = [views.PublicQuery.model_validate(query) for query in OVERVIEWS]
    official = [views.DossierQuery.model_validate(query) for query in DOSSIERS_ASKED]
    members = [views.MemberQuery.model_validate(query) for query in MEMBERS_ASKED]
    coordinators = views.CoordinatorQuery()
    return [
        *((views.OVERVIEW, query, [views.recognised_on(TODAY), *query.conditions()]) for query in public),
        *((views.DOSSIERS, query, [*views.due_on(query, TODAY), *query.conditions()]) for query in official),
        *(
            (views.MEMBER_LIST, query, [condition("network_id = {}", largest), *query.conditions()])
            for query in members
        ),
        (views.COORDINATORS, coordinators, coordinators.conditions()),
    ]


async def _milliseconds(
    connection: Connection, listing: Listing[Any], query: ListQuery, conditions: Sequence[Condition]
) -> float:
    return await milliseconds(page_rows(connection, listing, query.order, conditions, None, query.limit + 1))

"""With 100,000 rows, PostgreSQL finds each page of a list by an index and never scans a whole table."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import Condition, condition, statements
from buurtsein_chassis.primary import connect
from buurtsein_registry import views
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.many_networks import DOSSIERS_ASKED, LARGEST, MEMBERS_ASKED, OVERVIEWS, TODAY, fill
from harness.plans import MOST_READ, check, explained, rows_read

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROWS = 100_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "registry") as where:
        connection = await connect(where.migrator)
        await fill(connection, ROWS)
        yield connection
        await connection.close()


@pytest.mark.parametrize("query", OVERVIEWS, ids=str)
async def test_the_overview_is_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.PublicQuery.model_validate(query)
    await check(many, views.OVERVIEW, parameters, [views.recognised_on(TODAY)])


@pytest.mark.parametrize("query", DOSSIERS_ASKED, ids=str)
async def test_dossiers_are_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.DossierQuery.model_validate(query)
    await check(many, views.DOSSIERS, parameters, views.due_on(parameters, TODAY))


@pytest.mark.parametrize("query", MEMBERS_ASKED, ids=str)
async def test_the_members_of_the_largest_network_are_found_by_an_index(
    many: Connection, query: dict[str, Any]
) -> None:
    largest = await many.fetchval(LARGEST)
    parameters = views.MemberQuery.model_validate(query)
    await check(many, views.MEMBER_LIST, parameters, [condition("network_id = {}", largest)])


async def test_the_coordinators_are_found_by_the_code_of_their_network(many: Connection) -> None:
    await check(many, views.COORDINATORS, views.CoordinatorQuery(), [])


async def test_the_networks_around_a_place_are_found_by_an_index(many: Connection) -> None:
    plan = await explained(many, views.AROUND, (4.005, 50.5))
    assert rows_read(plan) < 100
    assert "network_by_place" in {one.get("Index Name") for one in plan}


async def test_networks_that_may_be_the_same_are_found_by_an_index(many: Connection) -> None:
    area = '{"coordinates": [[[4.0, 50.5], [4.01, 50.503], [4.01, 50.5], [4.0, 50.5]]]}'
    values = (UUID(int=0), "BIN", area, "Wijk 500", "p", ["RECOGNISED", "UNDER_REVIEW"], ["p"])
    plan = await explained(many, views.SIMILAR, values)
    assert rows_read(plan) < MOST_READ
    assert {"network_by_place", "network_by_words"} <= {one.get("Index Name") for one in plan}


async def test_a_list_without_an_index_is_caught(many: Connection) -> None:
    """The check of this file fails for a list that reads the whole table."""
    slow = Condition("md5(name) = {}", ("00000000000000000000000000000000",))
    sql, values = statements.rows(views.OVERVIEW, "name", [slow], None, 50)
    plan = await explained(many, sql, values)
    assert rows_read(plan) > MOST_READ

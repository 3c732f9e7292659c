"""With 100,000 applications, PostgreSQL finds each page of a list, each sum, batch and cost of messages by an index."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import statements
from buurtsein_chassis.primary import connect
from buurtsein_funding import views
from buurtsein_funding.store.applications import APPLICATIONS_OF, HELD
from buurtsein_kernel.days import BRUSSELS
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.many_applications import A_BATCH, A_NETWORK, ASKED, BATCHES_ASKED, OF_A_NETWORK, fill
from harness.plans import check, explained, rows_read

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "funding") as where:
        connection = await connect(where.migrator)
        await fill(connection, 100_000)
        yield connection
        await connection.close()


@pytest.mark.parametrize("query", ASKED, ids=str)
async def test_the_queue_of_the_city_is_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    await check(many, views.APPLICATION_LIST, views.ApplicationQuery.model_validate(query), [views.SUBMITTED])


@pytest.mark.parametrize("query", OF_A_NETWORK, ids=str)
async def test_the_applications_of_a_network_are_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.OfNetwork.model_validate(query)
    await check(many, views.APPLICATION_LIST, parameters, views.of_network(A_NETWORK))


async def test_the_sums_of_a_year_are_read_from_an_index_alone(many: Connection) -> None:
    plan = await explained(many, views.SUMS, (2026,))
    assert {one.get("Index Name") for one in plan if one["Node Type"] == "Index Only Scan"} == {"application_by_year"}
    assert not [one for one in plan if one["Node Type"] == "Seq Scan"]


async def test_what_others_hold_of_a_budget_is_read_from_an_index_alone(many: Connection) -> None:
    plan = await explained(many, HELD, ("steun", 2026, A_NETWORK))
    assert "application_by_year" in {one.get("Index Name") for one in plan if one["Node Type"] == "Index Only Scan"}
    assert not [one for one in plan if one["Node Type"] == "Seq Scan"]


@pytest.mark.parametrize("query", [{"todo": True}, {"state": ["INCOMPLETE"]}], ids=str)
async def test_the_few_open_applications_are_found_without_reading_the_others(
    many: Connection, query: dict[str, Any]
) -> None:
    conditions = views.ApplicationQuery.model_validate(query).conditions()
    plan = await explained(many, *statements.rows(views.APPLICATION_LIST, "oldest", conditions, None, 51))
    assert {one.get("Index Name") for one in plan} & {"application_open", "application_by_state"}
    assert rows_read(plan) < 1000


async def test_the_applications_of_an_erased_person_are_found_by_indexes(many: Connection) -> None:
    plan = await explained(many, APPLICATIONS_OF, ("p" + "7" * 32,))
    assert {"application_of_requester", "application_of_writer"} <= {one.get("Index Name") for one in plan}
    assert rows_read(plan) < 1000


async def test_the_costs_of_messages_of_a_network_and_year_are_found_by_an_index(many: Connection) -> None:
    between = (A_NETWORK, datetime(2026, 1, 1, tzinfo=BRUSSELS), datetime(2027, 1, 1, tzinfo=BRUSSELS))
    for sql, values in ((views.COSTS_SUM, between), (views.COSTS_NEWEST, (*between, 500))):
        plan = await explained(many, sql, values)
        assert "message_cost_of_network" in {one.get("Index Name") for one in plan}
        assert rows_read(plan) < 1000


async def test_the_payments_of_a_batch_are_found_by_an_index(many: Connection) -> None:
    plan = await explained(many, views.PAYMENTS_OF_BATCH, (await many.fetchval(A_BATCH),))
    assert "payment_of_batch" in {one.get("Index Name") for one in plan}


@pytest.mark.parametrize("query", BATCHES_ASKED, ids=str)
async def test_a_page_of_batches_of_payments_is_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    await check(many, views.BATCH_LIST, views.BatchQuery.model_validate(query), [])

"""With 100,000 applications, PostgreSQL finds each page of a list, its count and the sums of a year by an index."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import statements
from buurtsein_chassis.primary import connect
from buurtsein_funding import views
from buurtsein_funding.store.applications import HELD
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.plans import check, explained, rows_read

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILL = """
insert into application (application_id, network_id, year, scheme_id, requester, state, version, document,
    requested_cents, granted_cents, held_cents, changed_at)
select gen_random_uuid(), md5((n / 20)::text)::uuid, 2007 + n % 20, 'steun', 'p' || md5((n % 900)::text),
    case when n % 997 = 0 then 'INCOMPLETE' when n % 500 = 0 then 'SUBMITTED' when n % 400 = 0 then 'UNDER_REVIEW'
        when n % 7 = 0 then 'REJECTED' else 'GRANTED' end,
    1, jsonb_build_object('asked', jsonb_build_array(jsonb_build_object('until', '2026-01-01'))), 20000,
    case when n % 7 = 0 then null else 18000 end, 18000, timestamptz '2007-01-01' + n * interval '1 hour'
from generate_series(1, 100000) n
"""
A_NETWORK = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "funding") as where:
        connection = await connect(where.migrator)
        await connection.execute(FILL)
        await connection.execute("vacuum analyze application")
        yield connection
        await connection.close()


ASKED: list[dict[str, Any]] = [
    {},
    {"order": "newest"},
    {"order": "changed"},
    {"todo": True},
    {"todo": True, "order": "changed"},
    {"state": ["INCOMPLETE"]},
    {"state": ["INCOMPLETE"], "order": "newest", "year": 2026},
    {"year": 2026},
    {"year": 2026, "order": "changed", "scheme_id": "steun"},
    {"network_id": str(A_NETWORK)},
]


@pytest.mark.parametrize("query", ASKED, ids=str)
async def test_the_queue_of_the_city_is_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    await check(many, views.APPLICATION_LIST, views.ApplicationQuery.model_validate(query), [views.SUBMITTED])


@pytest.mark.parametrize("query", [{}, {"order": "newest"}, {"state": ["GRANTED"]}], ids=str)
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

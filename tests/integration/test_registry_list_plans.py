"""With 100,000 rows, PostgreSQL finds each page of a list by an index and never scans a whole table."""

from collections.abc import AsyncIterator
from datetime import date
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
from harness.plans import MOST_READ, check, explained, rows_read, without_indexes

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROWS = 100_000
TODAY = date(2026, 11, 24)
FILL = """
insert into network (network_id, code, kind, state, name, version, document, recognised_from, applicant)
select gen_random_uuid(), 'BIN-AALST-' || lpad(n::text, 6, '0'), case when n % 10 = 3 then 'BIN-Z' else 'BIN' end,
    case when n % 5 = 0 then 'UNDER_REVIEW' when n % 997 = 0 then 'REJECTED' else 'RECOGNISED' end,
    'Wijk ' || n || case when n % 1000 = 7 then ' Molenveld' else '' end, 1,
    jsonb_build_object(
        'postcodes', jsonb_build_array((9300 + n % 400)::text), 'approvals', '[]'::jsonb,
        'recognition', jsonb_build_object('renewal_on', case when n % 2000 = 11 then '2026-01-01' end),
        'area', jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array(jsonb_build_array(
            jsonb_build_array(3 + (n % 300) / 100.0, 50 + (n / 300) / 300.0),
            jsonb_build_array(3.01 + (n % 300) / 100.0, 50.003 + (n / 300) / 300.0),
            jsonb_build_array(3.01 + (n % 300) / 100.0, 50 + (n / 300) / 300.0),
            jsonb_build_array(3 + (n % 300) / 100.0, 50 + (n / 300) / 300.0))))),
    '2026-01-01', 'p' || md5((n % 5000)::text)
from generate_series(1, {rows}) n
"""
FILL_TASKS = """
insert into task (task_id, kind, network_id, due_on, opened_at)
select gen_random_uuid(), 'inform_fod', network_id, '2026-01-01', '2026-01-01'
from network where right(code, 2) = '11'
"""
FILL_MEMBERS = """
insert into member (member_id, network_id, person, status, document, joined_at)
select gen_random_uuid(),
    case when m % 5 = 0 then (select network_id from network order by code limit 1) else n.network_id end,
    'p' || md5(n.code || m), 'ACTIVE',
    jsonb_build_object('kind', case when m % 50 = 0 then 'TRADER' else 'RESIDENT' end, 'language', 'nl',
        'channels', jsonb_build_array('sms')),
    timestamptz '2020-01-01' + (m || ' minutes')::interval
from (select network_id, code, row_number() over (order by code) as at from network order by code limit 1000) n,
    generate_series(1, 100) m
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "registry") as where:
        connection = await connect(where.migrator)
        async with without_indexes(connection, "network"):
            await connection.execute(FILL.format(rows=ROWS))
        await connection.execute(f"{FILL_TASKS}; {FILL_MEMBERS}; analyze task; analyze member")
        await connection.execute("vacuum analyze network")
        yield connection
        await connection.close()


OVERVIEWS = [
    {},
    {"order": "name"},
    {"kind": "BIN-Z"},
    {"kind": "BIN-Z", "order": "name"},
    {"postcode": "9311"},
    {"postcode": "9311", "order": "name"},
    {"q": "molenveld"},
    {"q": "molen", "order": "name"},
    {"q": "wijk", "order": "name"},
]


@pytest.mark.parametrize("query", OVERVIEWS, ids=str)
async def test_the_overview_is_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.PublicQuery.model_validate(query)
    await check(many, views.OVERVIEW, parameters, [views.recognised_on(TODAY)])


DOSSIERS_ASKED = [
    {},
    {"order": "newest"},
    {"order": "changed"},
    {"order": "name", "state": ["REJECTED", "UNDER_REVIEW"]},
    {"state": ["REJECTED"]},
    {"next": "korpschef"},
    {"next": "korpschef", "order": "name", "kind": "BIN"},
    {"overdue": True},
    {"overdue": True, "postcode": "9311"},
    {"renewal_due": True},
    {"q": "molenveld", "order": "changed"},
]


@pytest.mark.parametrize("query", DOSSIERS_ASKED, ids=str)
async def test_dossiers_are_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.DossierQuery.model_validate(query)
    await check(many, views.DOSSIERS, parameters, views.due_on(parameters, TODAY))


@pytest.mark.parametrize("query", [{}, {"order": "newest"}, {"kind": "TRADER"}, {"channel": "sms"}], ids=str)
async def test_the_members_of_the_largest_network_are_found_by_an_index(
    many: Connection, query: dict[str, Any]
) -> None:
    largest = await many.fetchval("select network_id from member group by network_id order by count(*) desc limit 1")
    parameters = views.MemberQuery.model_validate(query)
    await check(many, views.MEMBER_LIST, parameters, [condition("network_id = {}", largest)])


async def test_the_networks_around_a_place_are_found_by_an_index(many: Connection) -> None:
    plan = await explained(many, views.AROUND, (4.005, 50.5))
    assert rows_read(plan) < 100
    assert "network_by_place" in {one.get("Index Name") for one in plan}


async def test_networks_that_may_be_the_same_are_found_by_an_index(many: Connection) -> None:
    area = '{"coordinates": [[[4.0, 50.5], [4.01, 50.503], [4.01, 50.5], [4.0, 50.5]]]}'
    values = (UUID(int=0), "BIN", area, "Wijk 500", "p", ["RECOGNISED", "UNDER_REVIEW"])
    plan = await explained(many, views.SIMILAR, values)
    assert rows_read(plan) < MOST_READ
    assert {"network_by_place", "network_by_words"} <= {one.get("Index Name") for one in plan}


async def test_a_list_without_an_index_is_caught(many: Connection) -> None:
    """The check of this file fails for a list that reads the whole table."""
    slow = Condition("md5(name) = {}", ("00000000000000000000000000000000",))
    sql, values = statements.rows(views.OVERVIEW, "name", [slow], None, 50)
    plan = await explained(many, sql, values)
    assert rows_read(plan) > MOST_READ

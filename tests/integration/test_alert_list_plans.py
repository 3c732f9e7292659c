"""With 100,000 alerts, PostgreSQL finds each page of the list of alerts, and the reports of one alert, by an index."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import Condition, statements
from buurtsein_chassis.primary import connect
from buurtsein_notifier import views
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.plans import MOST_READ, check, explained, rows_read

pytestmark = pytest.mark.asyncio(loop_scope="module")

NETWORK = "00000000-0000-7000-8000-000000000007"
FILL = """
insert into alert (alert_id, rule, network_ids, state, proposed_at, expires_at, version, document, kind, purpose,
    sent_at, feedback_due_at, feedback_given_at, audit_open, words)
select gen_random_uuid(), 'r', array[('00000000-0000-7000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid],
    case when n % 1000 = 0 then 'PROPOSED' when n % 10 = 0 then 'REFUSED' else 'SENT' end,
    now() - n * interval '5 minutes', now(), 1, '{}', case when n % 3 = 0 then 'HOT' else 'COLD' end, 'alert',
    now() - n * interval '5 minutes', now() - n * interval '4 minutes',
    case when n % 5000 = 0 then null else now() - n * interval '4 minutes' end, n % 9999 = 0,
    to_tsvector('simple', 'inbraak straat' || n % 2000)
from generate_series(1, 100000) n"""
FACTS = """insert into alert_fact (alert_id, fact_id) select (select alert_id from alert order by alert_id limit 1),
    gen_random_uuid() from generate_series(1, 50)"""
INCIDENTS = """insert into incident (report_id, category, severity, longitude, latitude, happened_at, fact_id)
    select gen_random_uuid(), 'inbraak', 'Severe', 4, 51, now(), coalesce(
        (select fact_id from alert_fact offset n limit 1), gen_random_uuid()) from generate_series(1, 20000) n"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "notifier") as where:
        connection = await connect(where.migrator)
        for statement in (FILL, FACTS, INCIDENTS, "analyze"):
            await connection.execute(statement)
        yield connection
        await connection.close()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"order": "oldest"},
        {"state": ["PROPOSED"]},
        {"state": ["SENT"], "kind": "HOT"},
        {"network_id": NETWORK},
        {"q": "straat77"},
        {"q": "inbraak"},
        {"q": "inbraak", "state": ["PROPOSED"]},
        {"feedback_overdue": True},
        {"to_audit": True},
        {"since": "2026-11-01"},
    ],
    ids=str,
)
async def test_alerts_are_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.AlertQuery.model_validate(query)
    await check(many, views.ALERT_LIST, parameters, views.alerts_asked(parameters))


@pytest.mark.parametrize("sql", [views.ALERT_REPORTS, views.EARLIER_REFUSALS], ids=["reports", "refusals"])
async def test_the_reports_of_an_alert_are_found_by_an_index(many: Connection, sql: str) -> None:
    alert_id: UUID = await many.fetchval("select alert_id from alert_fact limit 1")
    values = (alert_id, None, 50) if sql is views.ALERT_REPORTS else (alert_id,)
    assert rows_read(await explained(many, sql, values)) < MOST_READ


async def test_a_list_without_an_index_is_caught(many: Connection) -> None:
    """The check of this file fails for a list that reads the whole table."""
    slow = Condition("md5(rule) = {}", ("00000000000000000000000000000000",))
    sql, values = statements.rows(views.ALERT_LIST, "newest", [slow], None, 50)
    assert rows_read(await explained(many, sql, values)) > MOST_READ

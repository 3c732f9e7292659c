"""PostgreSQL finds each page of the list of silences by an index; the list can be limited to silences in force."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import statements
from buurtsein_chassis.lists.cursors import Place
from buurtsein_chassis.primary import connect
from buurtsein_kernel.clock import SystemClock
from buurtsein_notifier import views
from buurtsein_notifier.views import SilenceShown
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.plans import check

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY, EACH = 100_000, 1_000
"""Of so many silences one in a thousand is in force, and as many were ended before their time."""
FILL = f"""
insert into silence (silence_id, rule, reason, author, begins_at, ends_at, ended_by, ended_at)
select gen_random_uuid(), 'r' || n, 'reden', 'p', now() - n * interval '1 minute',
    case when n % {EACH} in (0, 1) then now() + interval '1 day' else now() - n * interval '30 seconds' end,
    case when n % {EACH} = 1 then 'q' end, case when n % {EACH} = 1 then now() end
from generate_series(1, {MANY}) n"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(servers: RunningServers) -> AsyncIterator[Connection]:
    async with fresh_database(servers, "notifier") as where:
        connection = await connect(where.migrator)
        for statement in (FILL, "analyze"):
            await connection.execute(statement)
        yield connection
        await connection.close()


async def pages(connection: Connection, **asked: Any) -> list[list[SilenceShown]]:
    """Return all pages of a list of silences."""
    query, now = views.SilenceQuery.model_validate(asked), SystemClock().now()
    found: list[list[SilenceShown]] = []
    after: Place | None = None
    while True:
        conditions = [*views.silences_asked(query, now), *query.conditions()]
        sql, values = statements.rows(views.SILENCE_LIST, query.order, conditions, after, query.limit)
        rows = await connection.fetch(sql, *values)
        if not rows:
            return found
        found.append([views.listed_silence(now)(row) for row in rows])
        after = Place(rows[-1]["list_value"], rows[-1]["list_key"])


async def test_those_in_force_are_listed_newest_first_a_page_at_a_time(many: Connection) -> None:
    found = await pages(many, in_force=True, limit=40)
    assert [len(page) for page in found] == [40, 40, 20]
    shown = [one for page in found for one in page]
    assert [one.rule for one in shown] == [f"r{n * EACH}" for n in range(1, 1 + MANY // EACH)]
    assert all(one.is_on for one in shown)


@pytest.mark.parametrize("query", [{}, {"order": "oldest"}, {"in_force": True}], ids=str)
async def test_silences_are_found_by_an_index(many: Connection, query: dict[str, Any]) -> None:
    parameters = views.SilenceQuery.model_validate({"limit": 20} | query)
    await check(many, views.SILENCE_LIST, parameters, views.silences_asked(parameters, SystemClock().now()))

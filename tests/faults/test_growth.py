"""After a million rows were written and deleted, all tables and indexes stay below their limit (fault 35)."""

import asyncpg
import pytest

from buurtsein_chassis import retention
from buurtsein_chassis.retention import chassis_bounds
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_stack.servers import RunningServers
from harness.account import Account
from harness.databases import fresh_database

ROUNDS, ROWS, FRESH = 4, 80_000, 100
LONG_AGO = "now() - interval '1000 days'"
FILL = {
    "inbox": "insert into inbox select 'c', gen_random_uuid(), {when} from generate_series(1, $1) n",
    "idempotency": """insert into idempotency (client, route, key, request_sha256, status, body, headers, created_at)
        select 'c', 'r', gen_random_uuid()::text, repeat('0', 64), 201, repeat('x', 200), '{{}}', {when}
        from generate_series(1, $1) n""",
    "event_log": """insert into event_log (event_id, topic, key, version, type, source, subject, data_schema,
                                           occurred_at, data)
        select gen_random_uuid(), 'bin.members', gen_random_uuid()::text, 1, 't', 's', 's', 'd', {when}, '{{}}'
        from generate_series(1, $1) n""",
}


@pytest.mark.thorough
@pytest.mark.timeout(300)
async def test_35_a_million_rows_come_and_go(servers: RunningServers, account: Account) -> None:
    bounds = chassis_bounds(ServiceSettings.model_construct())
    sizes: dict[str, list[int]] = {table: [] for table in FILL}
    async with fresh_database(servers, "registry") as where:
        connection = await asyncpg.connect(where.superuser)
        for turn in range(ROUNDS):
            for rows in FILL.values():
                await connection.execute(rows.format(when=LONG_AGO), ROWS)
                await connection.execute(rows.format(when="now()"), FRESH)
            cuts = await retention.apply(where.migrator, bounds, "urn:be:nis:41002:bin:registry")
            assert sum(cut.rows for cut in cuts) == ROWS * len(FILL)
            for table, measured in sizes.items():
                assert await connection.fetchval(f"select count(*) from {table}") == FRESH * (turn + 1)
                await connection.execute(f"vacuum {table}")
                measured.append(await connection.fetchval("select pg_total_relation_size($1::regclass)", table))
        await connection.close()
    account.times, account.events = ROUNDS, ROUNDS * ROWS * len(FILL)
    flat = {table: grown[-1] <= grown[1] * 1.1 for table, grown in sizes.items()}  # round two reuses freed space
    assert flat == dict.fromkeys(FILL, True), sizes

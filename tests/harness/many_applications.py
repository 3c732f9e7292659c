"""Fills a database of funding with many rows, and defines the requests for lists that are measured."""

from typing import Any
from uuid import UUID

from buurtsein_chassis.database import Connection
from harness.plans import without_indexes

FILL = """
insert into application (application_id, network_id, year, scheme_id, requester, state, version, document,
    requested_cents, granted_cents, held_cents, changed_at)
select gen_random_uuid(), md5((n / 20)::text)::uuid, 2007 + n % 20, 'steun', 'p' || md5((n % 900)::text),
    case when n % 997 = 0 then 'INCOMPLETE' when n % 500 = 0 then 'SUBMITTED' when n % 400 = 0 then 'UNDER_REVIEW'
        when n % 7 = 0 then 'REJECTED' else 'GRANTED' end,
    1, jsonb_build_object('asked', jsonb_build_array(jsonb_build_object('until', '2026-01-01'))), 20000,
    case when n % 7 = 0 then null else 18000 end, 18000, timestamptz '2007-01-01' + n * interval '1 hour'
from generate_series(1, {rows}) n
"""
FILL_COSTS = """
insert into message_cost (event_id, network_id, alert_id, status, sent_at, units, free_units, unit_micro_euro,
    vat_percent, total_cents)
select gen_random_uuid(), md5((n % 500)::text)::uuid, gen_random_uuid(), 'Actual',
    timestamptz '2007-01-01' + n * (interval '20 years' / {rows}), 100, 0, 55000, 21, 666
from generate_series(1, {rows}) n
"""
FILL_BATCHES = """
insert into payment_batch (batch_id, state, version, document, schema, prepared_at)
select gen_random_uuid(), case when n % 100 = 0 then 'PREPARED' else 'RELEASED' end, 1,
    '{{}}', 1, timestamptz '2007-01-01' + n * interval '1 hour'
from generate_series(1, {rows} / 100) n;
insert into payment (end_to_end_id, batch_id, application_id, cents, state)
select md5(granted.number::text), batch_id, application_id, 18000, 'PAID'
from (select application_id, row_number() over () as number
    from application where state = 'GRANTED' and year > 2024) granted
join (select batch_id, row_number() over () - 1 as number from payment_batch) prepared
    on prepared.number = granted.number % ({rows} / 100)
"""
A_NETWORK = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")
"""A network with twenty applications and the costs of many alerts."""
A_BATCH = "select batch_id from payment_batch order by batch_id limit 1"

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
"""The filters and orders of the list of all applications."""
BATCHES_ASKED: list[dict[str, Any]] = [{}, {"order": "oldest"}, {"state": ["PREPARED"]}]
"""The filters and orders of the list of batches of payments."""
OF_A_NETWORK: list[dict[str, Any]] = [{}, {"order": "newest"}, {"state": ["GRANTED"]}]
"""The filters and orders of the list of one network's applications."""


async def fill(connection: Connection, rows: int) -> None:
    """Insert `rows` applications, `rows` costs of messages, and the payments of the last years' applications."""
    async with without_indexes(connection, "application"):
        await connection.execute(FILL.format(rows=rows))
    async with without_indexes(connection, "message_cost"):
        await connection.execute(FILL_COSTS.format(rows=rows))
    await connection.execute(FILL_BATCHES.format(rows=rows))
    for table in ("application", "message_cost", "payment_batch", "payment"):
        await connection.execute(f"vacuum analyze {table}")

"""Fills a registry's database with many networks, and defines the requests for lists that are measured."""

from datetime import date

from buurtsein_chassis.database import Connection
from harness.plans import without_indexes

TODAY = date(2026, 11, 24)
FILL = """
insert into network (network_id, code, kind, state, name, version, document, recognised_from, applicant)
select gen_random_uuid(), 'BIN-AALST-' || lpad(n::text, 7, '0'), case when n % 10 = 3 then 'BIN-Z' else 'BIN' end,
    case when n % 5 = 0 then 'UNDER_REVIEW' when n % 997 = 0 then 'REJECTED' else 'RECOGNISED' end,
    'Wijk ' || n || case when n % 1000 = 7 then ' Molenveld' else '' end, 1,
    jsonb_build_object(
        'postcodes', jsonb_build_array((9300 + n % 400)::text), 'approvals', '[]'::jsonb,
        'coordinators', jsonb_build_array(jsonb_build_object('person', 'p' || md5((n % 5000)::text), 'role', 'MAIN',
            'screened_on', '2026-01-01', 'appointed_on', '2026-01-01')),
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
LARGEST = "select network_id from member group by network_id order by count(*) desc limit 1"
"""The SQL that selects the network with the most members."""


async def fill(connection: Connection, rows: int) -> None:
    """Insert `rows` networks, a task for one network in a hundred, and 100,000 members of a thousand networks."""
    async with without_indexes(connection, "network"):
        await connection.execute(FILL.format(rows=rows))
    await connection.execute(f"{FILL_TASKS}; {FILL_MEMBERS}; analyze task; analyze member")
    await connection.execute("vacuum analyze network")


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
MEMBERS_ASKED: list[dict[str, str]] = [{}, {"order": "newest"}, {"kind": "TRADER"}, {"channel": "sms"}]
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
    {"q": "wijk", "order": "name"},
    {"q": "bin", "kind": "BIN-Z"},
]

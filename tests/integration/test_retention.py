"""Retention deletes rows older than their table's limit; a dry run deletes nothing; every table has a limit."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from buurtsein_chassis import retention
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.outbox import Again, Slice, publish_again
from buurtsein_chassis.retention import Bound, chassis_bounds
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_stack.servers import RunningServers
from harness.aged_rows import GROW, KEPT, LOG, NOT_BLANK
from harness.databases import FreshDatabase, fresh_database
from harness.waiting import wait_until

ROWS = 20
OLD_ROWS = 12
SERVICES = service_names()
SOURCE = "urn:be:nis:41002:bin:test"
DEFAULTS = ServiceSettings.model_construct()

IN_STATE = {"network.withdrawn": ("DRAFT", "ENDED"), "application.undecided": ("GRANTED", "DRAFT")}
OF_A_REPORT = {"reporter", "report_step", "report_feedback", "report_photo", "photo_act", "earlier_place"}
"""Tables whose rows are as old as their report."""


def bounds_of(service: str) -> list[Bound]:
    manifest = manifest_of(service)
    own = manifest.load(manifest.bounds or "")(manifest.load(manifest.settings).model_construct())
    return [*chassis_bounds(ServiceSettings.model_construct()), *own]


async def grow(connection: asyncpg.Connection, bound: Bound) -> None:
    """Insert twelve rows that are older than a retention limit, and eight rows that are not."""
    await connection.execute("set session_replication_role = replica")
    when = f"(now() - case when n <= {OLD_ROWS} then interval '{bound.days + 1} days' else interval '0' end)"
    arguments: list[Any] = [ROWS]
    query = GROW.get(bound.table, LOG)
    query = query.replace(*IN_STATE.get(bound.name, ("", "")))
    if bound.table == "event_log":
        arguments.append(bound.name.removeprefix("event_log."))
    if bound.name == "enquiry.closed":
        query = query.replace("'OPEN', null", "'ANSWERED', {when}")
    if bound.table in {"network", "enquiry", "application", "payment_batch"}:  # two limits about each
        await connection.execute(f"delete from {bound.table}")
    if bound.table in {"report", *OF_A_REPORT}:
        await connection.execute("delete from report")
    if bound.table in OF_A_REPORT:
        await connection.execute(GROW["report"].format(when=when), ROWS)
    await connection.execute(query.format(when=when), *arguments)


async def left(connection: asyncpg.Connection, bound: Bound) -> int:
    """Return how many rows to which this retention limit applies still exist."""
    condition = f"topic = '{bound.name.removeprefix('event_log.')}'" if bound.table == "event_log" else "true"
    condition = NOT_BLANK.get(bound.name, condition)
    return int(await connection.fetchval(f"select count(*) from {bound.table} where {condition}"))


@pytest.mark.parametrize("service", SERVICES)
async def test_retention_deletes_old_rows_of_each_table(servers: RunningServers, service: str) -> None:
    async with fresh_database(servers, service) as database:
        connection = await asyncpg.connect(database.superuser)
        for bound in bounds_of(service):
            await grow(connection, bound)
            assert await left(connection, bound) == ROWS, bound.name

            told = await retention.apply(database.migrator, [bound], SOURCE, dry_run=True)
            assert [cut.rows for cut in told] == [OLD_ROWS], bound.name
            assert await left(connection, bound) == ROWS, bound.name
            assert await connection.fetchval("select count(*) from retention_run where bound = $1", bound.name) == 0

            done = await retention.apply(database.migrator, [bound], SOURCE)
            assert [cut.rows for cut in done] == [OLD_ROWS], bound.name
            assert await left(connection, bound) == ROWS - OLD_ROWS, bound.name
            assert [cut.rows for cut in await retention.apply(database.migrator, [bound], SOURCE)] == [0], bound.name

            run = "select removed_total from retention_run where bound = $1"
            assert await connection.fetchval(run, bound.name) == OLD_ROWS
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_has_a_limit_or_a_reason(servers: RunningServers, service: str) -> None:
    async with fresh_database(servers, service) as database:
        connection = await asyncpg.connect(database.superuser)
        rows = await connection.fetch("select relname from pg_stat_user_tables")
        await connection.close()
    bounded = {bound.table for bound in bounds_of(service)}
    assert {row["relname"] for row in rows} - bounded - KEPT.keys() == set()


async def old_log(connection: asyncpg.Connection, rows: Sequence[tuple[str, int, int]]) -> None:
    """Insert events of bin.members into the event log; each is given by key, version and age in days."""
    await connection.executemany(
        """insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
           values (gen_random_uuid(), 'bin.members', $1, $2, 't', 's', 's', 'd', now() - make_interval(days => $3),
                   '{}')""",
        rows,
    )


async def test_retention_deletes_whole_streams_of_the_log_and_only_published_ones(
    ledger_database: FreshDatabase,
) -> None:
    connection = await asyncpg.connect(ledger_database.superuser)
    await old_log(connection, [("alive", 1, 90), ("alive", 2, 1), ("over", 1, 90), ("over", 2, 80)])
    await old_log(connection, [("pending", 1, 90), ("pending", 2, 80), ("frozen", 1, 90), ("other", 1, 90)])
    await connection.execute(
        "insert into outbox_pending select id from event_log where key = 'pending' and version = 2"
    )
    await connection.execute(
        """insert into outbox_frozen (id, topic, key, reason)
           select id, topic, key, 'r' from event_log where key = 'frozen'"""
    )
    await connection.execute("update event_log set topic = 'bin.networks' where key = 'other'")

    await retention.apply(ledger_database.migrator, chassis_bounds(ServiceSettings.model_construct()), SOURCE)

    rows = await connection.fetch("select key, version from event_log order by key, version")
    await connection.close()
    assert [tuple(row) for row in rows] == [
        ("alive", 1),
        ("alive", 2),
        ("frozen", 1),
        ("other", 1),
        ("pending", 1),
        ("pending", 2),
    ]


async def test_a_replay_during_retention_leaves_no_outbox_row_without_an_event(ledger_database: FreshDatabase) -> None:
    """A replay begins after retention has seen that the outbox is empty, and before it deletes the events."""
    watcher, holder, operator = [await asyncpg.connect(ledger_database.superuser) for _ in range(3)]
    await old_log(watcher, [("over", 1, 90), ("over", 2, 80)])
    since = datetime.now(UTC) - timedelta(days=100)

    async def waiting_sessions() -> int:
        query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        return int(await watcher.fetchval(query))

    async with holder.transaction():
        await holder.execute("select from event_log for update")
        cutting = asyncio.create_task(retention.apply(ledger_database.migrator, chassis_bounds(DEFAULTS), SOURCE))
        await wait_until("the cut is under way", waiting_sessions)
        replay = asyncio.create_task(publish_again(operator, Again("bin.members", since), Operator("an.operator")))

        async def through_or_waits() -> bool:
            return replay.done() or await waiting_sessions() == 2

        await wait_until("the replay is through, or waits", through_or_waits)
    await cutting
    assert await replay == Slice(0)
    assert await watcher.fetchval("select count(*) from outbox_pending") == 0
    for connection in (watcher, holder, operator):
        await connection.close()


async def test_open_dead_letters_are_never_deleted(ledger_database: FreshDatabase) -> None:
    connection = await asyncpg.connect(ledger_database.superuser)
    await connection.execute(
        """insert into dead_letter (consumer, topic, partition, "offset", reason, fingerprint, detail, headers,
                                    first_at)
           values ('c', 't', 0, 1, 'r', 'f', 'd', '[]', now() - interval '5 years')"""
    )
    await retention.apply(ledger_database.migrator, chassis_bounds(ServiceSettings.model_construct()), SOURCE)
    assert await connection.fetchval("select count(*) from dead_letter") == 1
    await connection.close()


PLACES_AND_PEOPLE = {
    **dict.fromkeys(("text", "street", "house_number", "box", "address_id", "place_description"), "emptied"),
    **dict.fromkeys(
        ("latitude", "longitude", "tracking_sha256", "forwarded_to", "answers", "assignee", "account"), "emptied"
    ),
    "neighbourhood": "kept: names a part of a town with thousands of people",
    "within_metres": "kept: the size of that part",
    "postcode": "kept: names a part of a town with thousands of people",
    "network_id": "kept: names a neighbourhood",
    "duplicate_of": "kept: a number of a report",
    **dict.fromkeys(("happened_from", "happened_to", "reported_at"), "kept: a moment without a place"),
    **dict.fromkeys(("due_on", "planned_on", "answer_by", "closed_at"), "kept: a moment without a place"),
    **dict.fromkeys(("version", "on_city_topic", "forwarding"), "kept: how far the handling was"),
    **dict.fromkeys(("categories_edition", "routing_edition"), "kept: a number of an edition"),
    **dict.fromkeys(("category", "severity", "route_to", "channel", "status", "flags"), "kept: from a list"),
    **dict.fromkeys(("language", "closing_reason", "counts_as", "unit", "unit_rule", "unit_why"), "kept: from a list"),
    **dict.fromkeys(("report_id", "reference"), "kept: random"),
    **dict.fromkeys(("source_system", "source_number"), "kept: so that a row of another system is never taken twice"),
}
"""For each column of a report: what retention does with its value, and why a value may be kept."""


async def test_text_and_place_of_an_old_report_are_emptied(servers: RunningServers) -> None:
    async with fresh_database(servers, "reports") as database:
        connection = await asyncpg.connect(database.superuser)
        await connection.execute(GROW["report"].format(when="now() - interval '10 years'"), 1)
        await connection.execute("update report set text = ''")  # a row as an older release wrote it
        await retention.apply(database.migrator, bounds_of("reports"), SOURCE)
        row = dict(await connection.fetchrow("select * from report") or {})
        await connection.close()
    assert set(row) == set(PLACES_AND_PEOPLE)
    emptied = [name for name, fate in PLACES_AND_PEOPLE.items() if fate == "emptied"]
    assert [name for name in emptied if row[name] and row[name] != "{}"] == []
    assert row["postcode"] == "9300"

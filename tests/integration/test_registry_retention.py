"""Retention deletes personal data some time after a person left or withdrew an application, not earlier."""

import json
from collections.abc import AsyncIterator
from hashlib import md5
from typing import Any

import asyncpg
import pytest

from buurtsein_chassis import retention
from buurtsein_chassis.migrations import migrations_for
from buurtsein_contracts.events import NetworkApproved
from buurtsein_registry.retention import bounds
from buurtsein_registry.settings import Settings
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database

SOURCE = "urn:be:nis:41002:bin:registry"


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[FreshDatabase]:
    async with fresh_database(servers, "registry") as fresh:
        yield fresh


async def network(connection: asyncpg.Connection, state: str = "RECOGNISED", *, age: int = 3000) -> Any:
    return await connection.fetchval(
        """insert into network (network_id, code, kind, state, name, version, document, updated_at)
           values (gen_random_uuid(), gen_random_uuid()::text, 'BIN', $1, 'n', 1, '{}',
                   now() - make_interval(days => $2)) returning network_id""",
        state,
        age,
    )


def pseudonym(name: str) -> str:
    return f"p{md5(name.encode(), usedforsecurity=False).hexdigest()}"


async def person(connection: asyncpg.Connection, name: str, *left_days_ago: int | None) -> None:
    """Store a person and memberships that ended the given numbers of days ago; None stands for an active membership."""
    await connection.execute(
        """insert into person_vault (person, name, mobile, address, updated_at)
           values ($1, $2, '+32470123456', '{}', now() - interval '10 years')""",
        pseudonym(name),
        name,
    )
    for days in left_days_ago:
        await connection.execute(
            """insert into member (member_id, network_id, person, status, document, left_at)
               values (gen_random_uuid(), $1, $2, $3, '{}', now() - make_interval(days => $4))""",
            await network(connection),
            pseudonym(name),
            "ACTIVE" if days is None else "LEFT",
            days,
        )


async def forget(database: FreshDatabase) -> dict[str, int]:
    """Run retention; return the number of deleted rows for each of its limits."""
    cuts = await retention.apply(database.migrator, bounds(Settings.model_construct()), SOURCE)
    return {cut.bound: cut.rows for cut in cuts}


async def by_person(connection: asyncpg.Connection, query: str) -> dict[str, str | None]:
    return {row["person"]: row["number"] for row in await connection.fetch(query)}


async def test_former_members_are_deleted_and_present_members_are_not(database: FreshDatabase) -> None:
    connection = await asyncpg.connect(database.superuser)
    await person(connection, "member", None)
    await person(connection, "left one of two", 400, None)
    await person(connection, "left lately", 80)
    await person(connection, "left long ago", 100)
    await person(connection, "left twice long ago", 100, 900)
    await person(connection, "left long ago and coordinates", 100)
    office = {"coordinators": [{"person": pseudonym("left long ago and coordinates")}]}
    coordinated = await network(connection)
    await connection.execute("update network set document = $2 where network_id = $1", coordinated, json.dumps(office))
    await forget(database)
    known = await connection.fetch("select name from person_vault")
    await connection.close()
    assert {row["name"] for row in known} == {
        "member",
        "left one of two",
        "left lately",
        "left long ago and coordinates",
    }


async def recorded_and_pending(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """Return the events that are in the event log and also still in the outbox."""
    rows = await connection.fetch(
        """select topic, key, version, source, data ->> 'person_ref' as person, data ->> 'reason' as reason
           from event_log join outbox_pending using (id) order by id"""
    )
    return [tuple(row) for row in rows]


async def test_each_deleted_person_has_one_event(database: FreshDatabase) -> None:
    connection = await asyncpg.connect(database.superuser)
    await person(connection, "left long ago", 100)
    await person(connection, "member", None)
    dry = await retention.apply(database.migrator, bounds(Settings.model_construct()), SOURCE, dry_run=True)
    assert ([cut.rows for cut in dry if cut.bound == "person_vault"], await recorded_and_pending(connection)) == (
        [1],
        [],
    )
    gone = pseudonym("left long ago")
    once = [("bin.erasures", gone, 1, SOURCE, gone, "retention_ended")]
    assert ((await forget(database))["person_vault"], await recorded_and_pending(connection)) == (1, once)
    assert ((await forget(database))["person_vault"], await recorded_and_pending(connection)) == (0, once)
    await connection.close()


async def test_nobody_is_deleted_when_the_event_cannot_be_recorded(database: FreshDatabase) -> None:
    connection = await asyncpg.connect(database.superuser)
    await person(connection, "left long ago", 100)
    await connection.execute("alter table outbox_pending add constraint away check (id < 0)")
    with pytest.raises(asyncpg.CheckViolationError):
        await forget(database)
    assert await connection.fetchval("select count(*) from person_vault") == 1
    assert await connection.fetchval("select count(*) from event_log") == 0
    await connection.close()


async def test_an_abandoned_application_ends_with_an_event_and_an_approved_network_is_kept(
    database: FreshDatabase,
) -> None:
    connection = await asyncpg.connect(database.superuser)
    given_up = await network(connection, "DRAFT")
    kept = [
        await network(connection, "DRAFT", age=10),
        await network(connection),
        await network(connection, "APPROVED"),
    ]
    withdrawn, approved = await network(connection, "ENDED"), await network(connection, "ENDED")
    await connection.execute(
        """insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
           values (gen_random_uuid(), 'bin.networks', $1, 1, $2, 's', 's', 'd', now(), '{}')""",
        str(approved),
        NetworkApproved.TYPE,
    )
    await forget(database)
    left = {row["network_id"] for row in await connection.fetch("select network_id from network")}
    ended = await connection.fetchrow("select key, data from event_log where type = 'be.bin.network.ended.v1'")
    await connection.close()
    assert left == {*kept, approved}
    assert not {given_up, withdrawn} & left
    assert ended
    assert (ended["key"], json.loads(ended["data"])["reason"]) == (str(given_up), "withdrawn")


async def test_a_natural_persons_enterprise_number_moves_into_the_vault(database: FreshDatabase) -> None:
    """The test runs the update statements of the migration on rows that an older release wrote."""
    connection = await asyncpg.connect(database.superuser)
    for name, legal in (("natural", "false"), ("legal", "true")):
        await person(connection, name, None)
        old = f'{{"enterprise": {{"number": "0403019261", "legal_person": {legal}}}}}'
        await connection.execute("update member set document = $2 where person = $1", pseudonym(name), old)
    migration = next(one for one in migrations_for("registry") if "enterprise_number" in one.sql)
    for statement in migration.sql.split(";"):
        if statement.strip().startswith("update"):
            await connection.execute(statement)
    vault = await by_person(connection, "select name as person, enterprise_number as number from person_vault")
    members = await by_person(
        connection,
        "select name as person, document ->> 'enterprise_number' as number from member natural join person_vault",
    )
    olds = await connection.fetchval("select count(*) from member where document ? 'enterprise'")
    await connection.close()
    assert vault == {"natural": "0403019261", "legal": None}
    assert (members, olds) == ({"natural": None, "legal": "0403019261"}, 0)

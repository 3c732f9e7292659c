"""Each migration runs once, in order and under a lock; a service refuses a migration that was edited."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from buurtsein_chassis import migrations
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.migrations import Migration, Terms, migrate, migrations_for
from buurtsein_chassis.schema import require_schema
from harness.databases import FreshDatabase

HASTY = Terms(lock_seconds=0.05, lock_tries=2)
"""Terms under which a run gives up soon."""


def added(monkeypatch: pytest.MonkeyPatch, sql: str, name: str = "buurtsein_registry/0099_new.sql") -> Migration:
    """Add a migration to the migrations of every service."""
    new = Migration(name, sql)
    monkeypatch.setattr(migrations, "migrations_for", lambda service: [*migrations_for(service), new])
    return new


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def holding(database: FreshDatabase) -> AsyncIterator[int]:
    """Lock the table `network` in an open transaction, and yield that database session's process id."""
    async with connected(database.app) as other, other.transaction():
        await other.execute("lock table network in row exclusive mode")
        yield await other.fetchval("select pg_backend_pid()")


async def test_a_second_run_applies_nothing(ledger_database: FreshDatabase) -> None:
    assert await migrate(ledger_database.migrator, "registry") == []


async def test_runs_at_the_same_time_apply_each_file_once(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Migration("test/0001_counted.sql", "create table counted (n integer); grant select on counted to {app};")
    monkeypatch.setattr(migrations, "migrations_for", lambda service: [*migrations_for(service), new])
    applied = await asyncio.gather(*(migrate(ledger_database.migrator, "registry") for _ in range(4)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, 1]


async def test_a_dry_run_lists_the_migrations_and_applies_none(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Migration("test/0001_never.sql", "create table never (n integer)")
    monkeypatch.setattr(migrations, "migrations_for", lambda service: [*migrations_for(service), new])
    assert await migrate(ledger_database.migrator, "registry", dry_run=True) == ["test/0001_never.sql"]
    connection = await asyncpg.connect(ledger_database.migrator)
    assert await connection.fetchval("select to_regclass('never')") is None
    await connection.close()


async def test_a_file_that_changed_after_it_was_applied_stops_the_run(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = [Migration(m.name, m.sql + "-- edited") for m in migrations_for("registry")]
    monkeypatch.setattr(migrations, "migrations_for", lambda _: edited)
    with pytest.raises(CommandError, match=r"0001_outbox\.sql is not the file that was applied"):
        await migrate(ledger_database.migrator, "registry")


async def test_a_file_that_fails_leaves_nothing_half_done(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration("test/0001_broken.sql", "create table half (n integer); select 1/0;")
    monkeypatch.setattr(migrations, "migrations_for", lambda service: [*migrations_for(service), broken])
    with pytest.raises(CommandError, match=r"test/0001_broken\.sql was not applied: division by zero"):
        await migrate(ledger_database.migrator, "registry")
    connection = await asyncpg.connect(ledger_database.migrator)
    assert await connection.fetchval("select to_regclass('half')") is None
    await connection.close()


async def test_a_transaction_that_stays_open_stops_a_migration_and_not_the_requests_behind_it(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(monkeypatch, "alter table network add column colour text")
    told: list[str] = []
    async with holding(ledger_database) as holder:
        with pytest.raises(CommandError) as stopped:
            await migrate(ledger_database.migrator, "registry", terms=HASTY, tell=told.append)
        async with connected(ledger_database.app) as reader:
            assert await reader.fetchval("select count(*) from network") == 0
    [retried] = told
    assert retried.startswith("buurtsein_registry/0099_new.sql got no lock within 0.05 s (try 1 of 2)")
    assert str(holder) in retried
    assert stopped.value.code == "migration-locked"
    assert "(try 2 of 2)" in stopped.value.sentence
    assert "end their transactions, or run migrate again later" in stopped.value.sentence
    async with connected(ledger_database.migrator) as owner:
        columns = "select count(*) from information_schema.columns where column_name = 'colour'"
        assert await owner.fetchval(columns) == 0


async def test_a_migration_is_applied_when_the_transaction_ends(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = added(monkeypatch, "alter table network add column colour text")
    patient, waited = Terms(lock_seconds=0.05, lock_tries=100), asyncio.Event()
    async with holding(ledger_database):
        running = asyncio.create_task(
            migrate(ledger_database.migrator, "registry", terms=patient, tell=lambda _: waited.set())
        )
        await asyncio.wait_for(waited.wait(), 30)
    assert await running == [new.name]


async def test_a_statement_that_takes_too_long_is_ended_unless_the_migration_says_how_long_it_may_take(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = Terms(statement_seconds=0.1)
    added(monkeypatch, "select pg_sleep(1)")
    with pytest.raises(CommandError, match="was not applied: canceling statement due to statement timeout"):
        await migrate(ledger_database.migrator, "registry", terms=brief)
    slow = added(monkeypatch, "set local statement_timeout = '1min'; select pg_sleep(0.3)")
    assert await migrate(ledger_database.migrator, "registry", terms=brief) == [slow.name]


async def test_an_index_is_built_without_a_transaction(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = "create index concurrently if not exists quick on event_log (type);"
    new = added(monkeypatch, f"-- without a transaction\n{built}")
    assert await migrate(ledger_database.migrator, "registry") == [new.name]
    assert await migrate(ledger_database.migrator, "registry") == []
    async with connected(ledger_database.migrator) as owner:
        assert await owner.fetchval("select indisvalid from pg_index where indexrelid = 'quick'::regclass")


async def test_rights_are_given_to_roles_with_other_names(ledger_database: FreshDatabase) -> None:
    async with connected(ledger_database.superuser) as admin:
        await admin.execute('create role "bin-lezer"')
        try:
            await migrate(ledger_database.migrator, "registry", terms=Terms(app="bin-lezer"))
            assert await admin.fetchval("select has_table_privilege('bin-lezer', 'schema_migration', 'select')")
        finally:
            await admin.execute('drop owned by "bin-lezer"; drop role "bin-lezer"')


async def refusal(database: FreshDatabase, wanted: list[Migration]) -> str:
    """Return the error message with which a release with these migrations refuses to start; "" when it starts."""
    try:
        await require_schema(database.app, "registry", wanted, 10)
    except CommandError as error:
        return error.sentence
    return ""


async def test_a_release_starts_on_its_own_schema(ledger_database: FreshDatabase) -> None:
    assert await refusal(ledger_database, migrations_for("registry")) == ""


async def test_a_release_refuses_a_schema_that_lacks_a_migration(ledger_database: FreshDatabase) -> None:
    later = Migration("buurtsein_registry/0099_new.sql", "select 1")
    said = await refusal(ledger_database, [*migrations_for("registry"), later])
    assert said == (
        "the database of registry lacks the migration buurtsein_registry/0099_new.sql: "
        "run migrate of this release first"
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", ""),
        ("-- oldest release: 0.0.9", ""),
        ("-- oldest release: 0.1.0", ""),
        ("-- oldest release: 99.10.2", "upgrade to at least buurtsein_registry 99.10.2"),
    ],
    ids=["no bound", "an older release too", "this release too", "a later release only"],
)
async def test_a_release_starts_on_a_later_schema_only_when_its_migrations_allow_it(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch, header: str, said: str
) -> None:
    added(monkeypatch, f"-- What it is for.\n{header}\nselect 1")
    await migrate(ledger_database.migrator, "registry")
    sentence = await refusal(ledger_database, migrations_for("registry"))
    assert said in sentence
    assert bool(sentence) == bool(said)


async def as_migrated_by_0_1_0(database: FreshDatabase) -> None:
    """Give `schema_migration` the form and the rights that release 0.1.0 gave it."""
    async with connected(database.migrator) as owner:
        await owner.execute("alter table schema_migration drop column oldest_release")
        await owner.execute("revoke all on schema_migration from public, registry_app")


async def described(database: FreshDatabase) -> tuple[str, bool]:
    """Return the columns of `schema_migration`, and whether the app role may read it."""
    columns = """select string_agg(column_name, ',') from information_schema.columns
        where table_name = 'schema_migration'"""
    async with connected(database.migrator) as owner:
        readable = await owner.fetchval("select has_table_privilege('registry_app', 'schema_migration', 'select')")
        return await owner.fetchval(columns), readable


async def test_a_dry_run_changes_nothing_and_names_what_is_missing(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = added(monkeypatch, "create table later (n integer)")
    await as_migrated_by_0_1_0(ledger_database)
    before = await described(ledger_database)
    assert await migrate(ledger_database.migrator, "registry", dry_run=True) == [new.name]
    assert await described(ledger_database) == before


async def test_a_dry_run_on_an_empty_database_names_all_and_makes_no_table(ledger_database: FreshDatabase) -> None:
    async with connected(ledger_database.migrator) as owner:
        await owner.execute("drop table schema_migration")
        named = await migrate(ledger_database.migrator, "registry", dry_run=True)
        assert named == [migration.name for migration in migrations_for("registry")]
        assert await owner.fetchval("select to_regclass('schema_migration')") is None


async def test_a_release_says_that_an_earlier_one_migrated_last(ledger_database: FreshDatabase) -> None:
    await as_migrated_by_0_1_0(ledger_database)
    said = await refusal(ledger_database, migrations_for("registry"))
    assert said == (
        "the database of registry was last migrated by an earlier release: "
        "run migrate of this release first (migrate --dry-run lists what is missing)"
    )


async def test_a_release_refuses_a_database_that_was_never_migrated(ledger_database: FreshDatabase) -> None:
    async with connected(ledger_database.migrator) as owner:
        await owner.execute("drop table schema_migration")
    assert "the first is buurtsein_chassis/0001_outbox.sql: run migrate" in await refusal(
        ledger_database, migrations_for("registry")
    )

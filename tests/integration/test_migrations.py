"""Migrations run once each, in order, under a lock, and an edited one is refused."""

import asyncio

import asyncpg
import pytest

from buurtsein_chassis import migrations
from buurtsein_chassis.migrations import Migration, MigrationChanged, migrate, migrations_for
from harness.databases import FreshDatabase


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
    with pytest.raises(MigrationChanged, match="0001_outbox"):
        await migrate(ledger_database.migrator, "registry")


async def test_a_file_that_fails_leaves_nothing_half_done(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration("test/0001_broken.sql", "create table half (n integer); select 1/0;")
    monkeypatch.setattr(migrations, "migrations_for", lambda service: [*migrations_for(service), broken])
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(ledger_database.migrator, "registry")
    connection = await asyncpg.connect(ledger_database.migrator)
    assert await connection.fetchval("select to_regclass('half')") is None
    await connection.close()

"""Applies numbered SQL files in order, once each, under an advisory lock; stops when an applied file has changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from buurtsein_chassis.manifest import manifest_of

_LOCK = 0x6275757274  # an advisory lock; the number only has to be the same in every run
_TABLE = """create table if not exists schema_migration (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())"""


class MigrationChanged(Exception):
    """Raised when a file differs from what was applied, because an applied migration may not be edited."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file; `name` is its package and file name, and unique in a database."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the migration's text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_of(package: str, folder: str) -> list[Migration]:
    """Return the `*.sql` files in a folder of a package, in the order of their names."""
    found = (path for path in (files(package) / folder).iterdir() if path.name.endswith(".sql"))
    return [Migration(f"{package}/{path.name}", path.read_text()) for path in sorted(found, key=lambda p: p.name)]


def migrations_for(service: str) -> list[Migration]:
    """Return the migrations of a service: those of the chassis first, then its own."""
    return [
        *migrations_of("buurtsein_chassis", "sql"),
        *migrations_of(manifest_of(service).package, "migrations"),
    ]


async def migrate(dsn: str, service: str, *, dry_run: bool = False) -> list[str]:
    """Apply the missing migrations to the service's database, and return their names; a dry run applies nothing."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_TABLE)
        missing = await _missing(connection, migrations_for(service))
        if not dry_run:
            await _apply(connection, missing, service)
        return [migration.name for migration in missing]
    finally:
        await connection.close()


async def _missing(connection: asyncpg.Connection, wanted: Sequence[Migration]) -> list[Migration]:
    applied = {
        row["name"]: row["sha256"] for row in await connection.fetch("select name, sha256 from schema_migration")
    }
    for migration in wanted:
        if applied.get(migration.name, migration.sha256) != migration.sha256:
            raise MigrationChanged(migration.name)
    return [migration for migration in wanted if migration.name not in applied]


async def _apply(connection: asyncpg.Connection, missing: Sequence[Migration], service: str) -> None:
    for migration in missing:
        sql = migration.sql.replace("{app}", f"{service}_app").replace("{relay}", f"{service}_relay")
        async with connection.transaction():
            await connection.execute(sql)
            await connection.execute(
                "insert into schema_migration (name, sha256) values ($1, $2)",
                migration.name,
                migration.sha256,
            )

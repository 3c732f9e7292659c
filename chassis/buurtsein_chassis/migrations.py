"""Applies numbered SQL files in order, once each, under an advisory lock; stops when an applied file has changed.

A file is applied in one transaction. When it waits for a lock of other sessions it gives up after a short time and is
tried again, because all requests that come after it in the queue for that lock wait too. A file can give itself more
time for a statement by `set local statement_timeout = '10min';`. A file with the line `-- without a transaction` is one
statement that runs by itself, such as `create index concurrently if not exists`.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of
from buurtsein_chassis.primary import connect

_LOCK = 0x6275757274  # an advisory lock; the number only has to be the same in every run
_TABLE = """create table if not exists schema_migration (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now());
alter table schema_migration add column if not exists oldest_release text"""
_HOLDERS = """select string_agg(distinct pid::text, ', ') from pg_locks
    where granted and relation is not null and pid <> pg_backend_pid()
      and database = (select oid from pg_database where datname = current_database())"""
_OLDEST = re.compile(r"^-- oldest release: (\S+)$", re.MULTILINE)
_ALONE = "-- without a transaction"
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file; `name` is its package and file name, and unique in a database."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the migration's text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def oldest_release(self) -> str | None:
        """Return the oldest release that works on the schema after this migration; None if the file names none."""
        found = _OLDEST.search(self.sql)
        return found[1] if found else None

    @property
    def alone(self) -> bool:
        """Return whether this is one statement that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY."""
        return _ALONE in self.sql.splitlines()


@dataclass(frozen=True, slots=True)
class Terms:
    """The roles that get rights (None: `<service>_app`, `<service>_relay`), and the time limits for locks and SQL."""

    app: str | None = None
    relay: str | None = None
    lock_seconds: float = 3.0
    lock_tries: int = 10
    statement_seconds: float = 60.0


def migrations_of(package: str, folder: str) -> list[Migration]:
    """Return the `*.sql` files in a folder of a package, in the order of their names."""
    found = (path for path in (files(package) / folder).iterdir() if path.name.endswith(".sql"))
    return [Migration(f"{package}/{path.name}", path.read_text()) for path in sorted(found, key=lambda p: p.name)]


def migrations_for(service: str) -> list[Migration]:
    """Return the migrations of a service: first those of the chassis, and after them those of the service."""
    return [
        *migrations_of("buurtsein_chassis", "sql"),
        *migrations_of(manifest_of(service).package, "migrations"),
    ]


async def migrate(
    dsn: str,
    service: str,
    *,
    dry_run: bool = False,
    terms: Terms = Terms(),  # it is immutable
    tell: Callable[[str], None] = print,
) -> list[str]:
    """Apply the missing migrations to the service's database, and return their names; a dry run changes nothing.

    Raises:
        CommandError: `migration-changed` when an applied file was edited, `migration-locked` when other sessions hold
            a lock for too long, `migration-failed` when PostgreSQL refuses a file. No file is applied in part.
    """
    connection = await connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        run = _Run(connection, terms, _roles(service, terms), tell)
        if not dry_run:
            await run.prepare()
        missing = await _missing(connection, migrations_for(service))
        for migration in () if dry_run else missing:
            await run.apply(migration)
        return [migration.name for migration in missing]
    finally:
        await connection.close()


def _roles(service: str, terms: Terms) -> dict[str, str]:
    """Return the quoted role name that replaces each placeholder in the SQL of migrations."""
    named = {"{app}": terms.app or f"{service}_app", "{relay}": terms.relay or f"{service}_relay"}
    return {place: quoted(name) for place, name in named.items()}


def quoted(name: str) -> str:
    """Return the name of a role or database quoted for SQL; raise CommandError `name` for an unusable name."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.@-]{0,62}", name):
        raise CommandError("name", f"{name!r} cannot be the name of a role or database: letters, digits and _ . @ -")
    return f'"{name}"'


async def _missing(connection: asyncpg.Connection, wanted: Sequence[Migration]) -> list[Migration]:
    begun = await connection.fetchval("select to_regclass('schema_migration') is not null")
    rows = await connection.fetch("select name, sha256 from schema_migration") if begun else []
    applied = {row["name"]: row["sha256"] for row in rows}
    for migration in wanted:
        if applied.get(migration.name, migration.sha256) != migration.sha256:
            raise CommandError(
                "migration-changed", f"migration {migration.name} is not the file that was applied: restore that file"
            )
    return [migration for migration in wanted if migration.name not in applied]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the migrations on a connection that has the advisory lock."""

    connection: asyncpg.Connection
    terms: Terms
    roles: dict[str, str]
    tell: Callable[[str], None]

    async def prepare(self) -> None:
        """Create the table `schema_migration`; the app role may read it to know whether its release fits the schema."""
        grant = f"grant select on schema_migration to {self.roles['{app}']}"
        await self._patiently("schema_migration", f"{_TABLE}; {grant}")

    async def apply(self, migration: Migration) -> None:
        """Execute one migration and insert its row into `schema_migration`."""
        sql = migration.sql
        for place, role in self.roles.items():
            sql = sql.replace(place, role)
        await self._patiently(migration.name, sql, migration)

    async def _patiently(self, name: str, sql: str, migration: Migration | None = None) -> None:
        """Execute SQL, and retry while other sessions hold a lock; raise CommandError after the last try."""
        tries, seconds = self.terms.lock_tries, self.terms.lock_seconds
        for each in range(1, tries + 1):
            try:
                return await self._once(sql, migration)
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                holders = await self.connection.fetchval(_HOLDERS) or "none any more"
                message = f"{name} got no lock within {seconds:g} s (try {each} of {tries})"
                message += f"; processes of PostgreSQL that hold locks: {holders}"
                if each < tries:
                    self.tell(message)
                    await asyncio.sleep(RETRY_SECONDS)
            except asyncpg.PostgresError as error:
                raise CommandError("migration-failed", f"{name} was not applied: {error.args[0]}") from error
        raise CommandError("migration-locked", f"{message}; end their transactions, or run migrate again later")

    async def _once(self, sql: str, migration: Migration | None) -> None:
        lock, statement = (int(1000 * each) for each in (self.terms.lock_seconds, self.terms.statement_seconds))
        if migration and migration.alone:
            await self.connection.execute(f"set lock_timeout = {lock}; set statement_timeout = 0")
            await self.connection.execute(sql)
            await self._write_down(migration)
            return
        async with self.connection.transaction():
            await self.connection.execute(f"set local lock_timeout = {lock}; set local statement_timeout = {statement}")
            await self.connection.execute(sql)
            if migration:
                await self._write_down(migration)

    async def _write_down(self, migration: Migration) -> None:
        await self.connection.execute(
            "insert into schema_migration (name, sha256, oldest_release) values ($1, $2, $3)",
            migration.name,
            migration.sha256,
            migration.oldest_release,
        )

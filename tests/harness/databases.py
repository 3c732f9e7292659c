"""Makes new databases on the running PostgreSQL: each is migrated for one service and dropped after the test."""

import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from buurtsein_chassis.database import Connection, Database, open_pool
from buurtsein_chassis.migrations import migrate
from buurtsein_chassis.primary import connect
from buurtsein_stack.servers import RunningServers

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder of Linux whose files are in memory
_NEEDED = 4 * 2**30
"""The free bytes that the databases of a test run may need."""


def memory_folder() -> Path | None:
    """Return a folder whose files are in memory; None when this machine has none that is large enough."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _NEEDED:
        return _MEMORY / "buurtsein"
    return None


@dataclass(frozen=True)
class FreshDatabase:
    """The addresses (DSNs) of one new database, one for each database role."""

    superuser: str
    app: str
    relay: str
    migrator: str


def in_database(dsn: str, name: str) -> str:
    """Return the DSN with the name of its database replaced by another name."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


@asynccontextmanager
async def fresh_database(servers: RunningServers, service: str) -> AsyncIterator[FreshDatabase]:
    """Yield a new, migrated database with the service's three database roles."""
    name = f"{service}_{secrets.token_hex(4)}"
    admin = await connect(servers.superuser_dsn)
    template = await _template(admin, servers, service)
    await admin.execute(f"create database {name} template {template} strategy file_copy owner {service}_migrator")
    try:
        dsns = {role: in_database(servers.dsn(service, role), name) for role in ("app", "relay", "migrator")}
        yield FreshDatabase(superuser=in_database(servers.superuser_dsn, name), **dsns)
    finally:
        await admin.close()
        await _drop(servers, name)


async def _template(admin: Connection, servers: RunningServers, service: str) -> str:
    """Return the name of a migrated database that tests copy, which is faster; it is made once on each server."""
    name = f"{service}_template"
    if not await admin.fetchval("select count(*) from pg_database where datname = $1", name):
        unfinished = f"{service}_{secrets.token_hex(4)}"
        await admin.execute(f"create database {unfinished} owner {service}_migrator")
        await migrate(in_database(servers.dsn(service, "migrator"), unfinished), service)
        await admin.execute(f"alter database {unfinished} rename to {name}")
    return name


async def _drop(servers: RunningServers, name: str) -> None:
    """Drop a database on a new connection, because the server may have been restarted."""
    admin = await connect(servers.superuser_dsn)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    """Open a small connection pool for this DSN, and yield a `Database` of the chassis that uses the pool."""
    pool = await open_pool(dsn, size=8, command_timeout=10)
    try:
        yield Database(pool, "urn:be:bin:test")
    finally:
        await pool.close()

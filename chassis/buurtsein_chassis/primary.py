"""Opens sessions on the PostgreSQL server that accepts writes; if several do, on the one that was promoted last.

A former primary that comes back accepts writes too. It is recognised by its timeline, a number that each promotion
raises by one. Invariant: a process opens no session on a server whose timeline is lower than one that it has seen.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import structlog

HOST_SECONDS = 3.0
"""How long one of several servers may take to open a session, in seconds; a host that is gone never answers."""
_TIMELINE = """
select case when pg_is_in_recovery() then 0
            else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end
"""
"""SQL that returns the timeline to which a server writes; 0 on a standby, which takes no writes."""

_highest: dict[str, int] = {}
"""The highest timeline that this process has seen, by the hosts of the DSN; all its databases have the same one."""

log = structlog.get_logger("database")


class FormerPrimary(ConnectionError):
    """Raised when the only server that accepts writes is a former primary, recognised by its lower timeline."""


def each_host(dsn: str) -> list[str]:
    """Return a DSN for each host that a DSN names before its database (`//USER:PASSWORD@ONE,OTHER/DATABASE`)."""
    parts = urlsplit(dsn)
    who, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{who}{at}{host}").geturl() for host in hosts.split(",")]


async def connect(dsn: str, *, timeout: float = 10, **options: Any) -> asyncpg.Connection:  # noqa: ASYNC109 - the signature of asyncpg
    """Open a session as asyncpg does; when a DSN has several hosts, choose the primary with the highest timeline.

    Args:
        dsn: one host, or several.
        timeout: the longest time for opening it, in seconds.
        options: the other options of `asyncpg.connect`.

    Raises:
        FormerPrimary: the only server that answers and takes writes is not the present primary.
        OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError: no server can be used.
    """
    hosts = each_host(dsn)
    if len(hosts) == 1:
        return await asyncpg.connect(dsn, timeout=timeout, **options)
    return await _latest(hosts, options, min(HOST_SECONDS, timeout))


async def _latest(hosts: Sequence[str], options: dict[str, Any], seconds: float) -> asyncpg.Connection:
    opening = [asyncio.create_task(_opened(host, options, seconds)) for host in hosts]
    chosen = None
    try:
        await asyncio.wait(opening)
        opened = [task.result() for task in opening if _succeeded(task)]
        if not opened:
            raise _reason(opening)
        timeline, connection = max(opened, key=lambda one: one[0])
        _require_latest(",".join(urlsplit(host).netloc.rpartition("@")[2] for host in hosts), timeline)
        chosen = connection
        return connection
    finally:
        for task in opening:
            task.cancel()
            if _succeeded(task) and task.result()[1] is not chosen:
                task.result()[1].terminate()


async def _opened(host: str, options: dict[str, Any], seconds: float) -> tuple[int, asyncpg.Connection]:
    """Open a session on one server; return its timeline and the session, or raise if it accepts no writes."""
    async with asyncio.timeout(seconds):
        connection = await asyncpg.connect(host, **options)
        try:
            return await connection.fetchval(_TIMELINE), connection
        except BaseException:
            connection.terminate()
            raise


def _succeeded(task: asyncio.Task[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _reason(opening: Sequence[asyncio.Task[Any]]) -> BaseException:
    """Return why no server can be used: the first error from a server, or else the last connection error."""
    errors = [error for task in opening if (error := task.exception())]
    return next((error for error in errors if isinstance(error, asyncpg.PostgresError)), errors[-1])


def _require_latest(cluster: str, timeline: int) -> None:
    if timeline < _highest.get(cluster, 0):
        log.error("database.former_primary", timeline=timeline, latest=_highest[cluster])
        raise FormerPrimary(f"the primary has timeline {timeline}, and {_highest[cluster]} was seen before")
    _highest[cluster] = timeline

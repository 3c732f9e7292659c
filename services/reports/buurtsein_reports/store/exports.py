"""Reads and writes the exports of the list of reports."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_kernel.problems import conflict

MOST_WAITING = 5
_ASK = """
insert into report_export (export_id, actor, only_city, query, format, status, asked_at)
values ($1, $2, $3, $4, $5, 'waiting', $6)
"""
_WAITING = "select count(*) from report_export where actor = $1 and status = 'waiting'"
_NEXT = "select * from report_export where status = 'waiting' order by asked_at limit 1"
_READY = """
update report_export set status = 'ready', rows = $2, bytes = $3, sha256 = $4, expires_at = $5 where export_id = $1
"""
_EXPIRED = """
with old as (select export_id, sha256 from report_export where expires_at < $1 and sha256 is not null for update)
update report_export set status = 'expired', sha256 = null from old where report_export.export_id = old.export_id
returning old.sha256
"""
_FETCHED = """
update report_export set fetches = fetches + 1, fetched_at = $4
where export_id = $1 and actor = $2 and (only_city or not $3) and status = 'ready' and expires_at > $4
returning sha256, format
"""
_OWN = "select * from report_export where export_id = $1 and actor = $2 and (only_city or not $3)"


async def ask_export(
    connection: Connection,
    export_id: UUID,
    actor: str,
    query: Mapping[str, Any],
    form: str,
    now: datetime,
    *,
    only_city: bool,
) -> None:
    """Store that a person asks for an export; raise DomainError `exports_full` when too many of theirs wait."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 2))", actor)
    if await connection.fetchval(_WAITING, actor) >= MOST_WAITING:
        detail = f"Er wachten al {MOST_WAITING} lijsten van u. Wacht tot er een klaar is."
        raise conflict("exports_full", detail, most=MOST_WAITING)
    await connection.execute(_ASK, export_id, actor, only_city, json.dumps(query), form, now)


async def own_export(connection: Connection, export_id: UUID, actor: str, *, only_city: bool) -> asyncpg.Record | None:
    """Return an export to the person who asked for it, if they may still see all that it contains; else None."""
    return await connection.fetchrow(_OWN, export_id, actor, only_city)


async def fetch_export(
    connection: Connection, export_id: UUID, actor: str, now: datetime, *, only_city: bool
) -> asyncpg.Record | None:
    """Return SHA-256 and format of a ready export to the person who asked for it, and note that they fetch it."""
    return await connection.fetchrow(_FETCHED, export_id, actor, only_city, now)


async def next_export(connection: Connection) -> asyncpg.Record | None:
    """Return the export that waits longest."""
    return await connection.fetchrow(_NEXT)


async def finish_export(
    connection: Connection, export_id: UUID, rows: int, file: bytes, sha256: str, expires_at: datetime
) -> None:
    """Store that the file of an export is ready."""
    await connection.execute(_READY, export_id, rows, len(file), sha256, expires_at)


async def fail_export(connection: Connection, export_id: UUID) -> None:
    """Store that an export cannot be made, because its filters are no longer those of the list."""
    await connection.execute("update report_export set status = 'failed' where export_id = $1", export_id)


async def expire_exports(connection: Connection, now: datetime) -> list[str]:
    """Remove the files from the rows of expired exports, and return the SHA-256 of each file."""
    return [row["sha256"] for row in await connection.fetch(_EXPIRED, now)]

"""Runs the jobs of reports: make exports, remove files that nothing has, and count reports for the figures."""

import hashlib
from datetime import timedelta

import asyncpg
from pydantic import ValidationError

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.blobs.unused import hold, remove_unless_named, remove_unnamed
from buurtsein_chassis.database import Database
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.days import brussels_day
from buurtsein_reports.store.exports import expire_exports, fail_export, finish_export, next_export
from buurtsein_reports.store.figures import count_months
from buurtsein_reports.store.photos import IS_NAMED
from buurtsein_reports.views import export_written


async def remove_unused_photos(blobs: Blobs | None, clock: Clock, database: Database) -> None:
    """Remove the files that no photo and no export names; do nothing without a store."""
    if blobs:
        await remove_unnamed(blobs, clock, database, IS_NAMED)


async def make_exports(blobs: Blobs | None, clock: Clock, keep: timedelta, most_rows: int, database: Database) -> None:
    """Make the file of each export that waits, and remove the files of those that expired."""
    if blobs is None:
        return
    async with database.unit_of_work() as uow:
        expired = await expire_exports(uow.connection, clock.now())
    await remove_unless_named(expired, blobs, database, IS_NAMED)
    while waiting := await _next(database):
        await _make_export(waiting, blobs, clock, keep, most_rows, database)


async def _next(database: Database) -> asyncpg.Record | None:
    async with database.connection() as connection:
        return await next_export(connection)


async def _make_export(
    waiting: asyncpg.Record, blobs: Blobs, clock: Clock, keep: timedelta, most_rows: int, database: Database
) -> None:
    try:
        written = await export_written(waiting, brussels_day(clock.now()), most_rows, database)
    except ValidationError:  # its filters are no longer those of the list
        async with database.unit_of_work() as uow:
            await fail_export(uow.connection, waiting["export_id"])
        return
    async with database.unit_of_work() as uow:
        sha256 = hashlib.sha256(written.file).hexdigest()
        await hold(uow.connection, sha256)
        await blobs.put(written.file)
        expires_at = clock.now() + keep
        await finish_export(uow.connection, waiting["export_id"], written.rows, written.file, sha256, expires_at)


async def count_reports(clock: Clock, database: Database) -> None:
    """Count the reports of the last whole months by category and by network, in one transaction."""
    async with database.unit_of_work() as uow:
        await count_months(uow.connection, brussels_day(clock.now()))

"""Runs the job that removes the files of photos that no report has any more."""

from datetime import timedelta

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.database import Database
from buurtsein_kernel.clock import Clock
from buurtsein_reports.store import ReportsStore

GRACE = timedelta(hours=1)
"""A younger file may belong to a photo whose row is not committed yet."""


async def remove_unused_photos(blobs: Blobs | None, clock: Clock, database: Database) -> None:
    """Remove each file without a row, after the row was deleted or was never committed."""
    if blobs is None:
        return
    for name in await blobs.older_than(clock.now() - GRACE):
        async with database.unit_of_work() as uow:
            if await ReportsStore(uow, "").is_unused(name):
                await blobs.remove(name)

"""Runs the job of funding: remove the files of evidence that no application has."""

from datetime import timedelta

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.database import Database
from buurtsein_funding.store import FundingStore
from buurtsein_kernel.clock import Clock

GRACE = timedelta(hours=1)
"""A younger file may belong to evidence whose row is not committed yet."""


async def remove_unused_evidence(blobs: Blobs | None, clock: Clock, database: Database) -> None:
    """Remove each file without a row, after the row was deleted or was never committed."""
    if blobs is None:
        return
    for name in await blobs.older_than(clock.now() - GRACE):
        async with database.unit_of_work() as uow:
            if await FundingStore(uow).is_unused(name):
                await blobs.remove(name)

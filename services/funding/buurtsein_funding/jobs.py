"""Runs the job of funding: remove the files of evidence that no application has."""

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.blobs.unused import remove_unnamed
from buurtsein_chassis.database import Database
from buurtsein_funding.store.evidence import IS_NAMED
from buurtsein_kernel.clock import Clock


async def remove_unused_evidence(blobs: Blobs | None, clock: Clock, database: Database) -> None:
    """Remove the files that no evidence names; do nothing without a store."""
    if blobs:
        await remove_unnamed(blobs, clock, database, IS_NAMED)

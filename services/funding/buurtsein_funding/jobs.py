"""Runs the jobs of funding: remove files of evidence that no application has, and encrypt under a new key."""

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.blobs.unused import remove_unnamed
from buurtsein_chassis.database import Database
from buurtsein_funding.store.evidence import IS_NAMED
from buurtsein_funding.store.keys import encrypt_some
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.keyring import Keyring

AT_ONCE = 100
"""The number of data keys that are encrypted in one transaction."""


async def remove_unused_evidence(blobs: Blobs | None, clock: Clock, database: Database) -> None:
    """Remove the files that no evidence names; do nothing without a store."""
    if blobs:
        await remove_unnamed(blobs, clock, database, IS_NAMED)


async def encrypt_accounts(keyring: Keyring, database: Database) -> None:
    """Encrypt all accounts that are not under the newest key; the next run continues after an interruption."""
    done = AT_ONCE
    while done == AT_ONCE:
        async with database.unit_of_work() as uow:
            done = await encrypt_some(uow.connection, keyring, AT_ONCE)

"""Removes stored files that no row of the database names any more.

Invariant: whoever stores a row that names a file holds the file first, in the same transaction; so no file is removed
between the moment when somebody sees that it is there and the commit of the row.
"""

from collections.abc import Iterable
from datetime import timedelta

from buurtsein_chassis.blobs.store import Blobs
from buurtsein_chassis.database import Connection, Database
from buurtsein_kernel.clock import Clock

GRACE = timedelta(hours=1)
"""A younger file may belong to a row that is not committed yet."""


async def hold(connection: Connection, sha256: str) -> None:
    """Keep a file from being removed until the transaction ends."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", sha256)


async def remove_unnamed(blobs: Blobs, clock: Clock, database: Database, is_named: str) -> None:
    """Remove each file that is older than an hour and that no row names, because the row is deleted or was not stored.

    `is_named` is the SQL that returns whether a row names the file `$1`.
    """
    await remove_unless_named(await blobs.older_than(clock.now() - GRACE), blobs, database, is_named)


async def remove_unless_named(files: Iterable[str], blobs: Blobs, database: Database, is_named: str) -> None:
    """Remove those of the given files that no row names, each in a transaction of its own."""
    for sha256 in files:
        async with database.unit_of_work() as uow:
            await hold(uow.connection, sha256)
            if not await uow.connection.fetchval(is_named, sha256):
                await blobs.remove(sha256)

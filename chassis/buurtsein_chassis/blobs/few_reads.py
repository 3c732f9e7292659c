"""Bounds how many blobs are read at the same time, so that a store that hangs does not hold more and more requests."""

import asyncio

from buurtsein_chassis.blobs.store import Blobs
from buurtsein_kernel.problems import unavailable

AT_ONCE = 4
"""The most blobs that are read at the same time. A folder reads in threads, of which some must be left for the rest."""
WAIT_SECONDS = 2.0
"""How long a read waits until another one has ended."""


class FewReads:
    """A store of which at most `AT_ONCE` blobs are read at the same time; all else is as in the given store."""

    def __init__(self, blobs: Blobs) -> None:
        """Take the store of which the reads are bounded."""
        self.put, self.older_than, self.remove = blobs.put, blobs.older_than, blobs.remove
        self._get = blobs.get
        self._places = asyncio.Semaphore(AT_ONCE)

    async def get(self, sha256: str) -> bytes:
        """Return a blob, as the given store does; raise DomainError `files_busy` when others take too long."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            detail = "We kunnen dit bestand nu niet ophalen. Probeer het zo meteen opnieuw."
            raise unavailable("files_busy", detail) from error
        try:
            return await self._get(sha256)
        finally:
            self._places.release()

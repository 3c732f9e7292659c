"""Limits how many blobs are read at the same time, so that not all requests wait when the store hangs."""

import asyncio

from buurtsein_chassis.blobs.store import Blobs
from buurtsein_kernel.problems import unavailable

AT_ONCE = 4
"""The maximum number of blobs that are read at the same time. A folder uses a thread for each read, and other work
needs threads too."""
WAIT_SECONDS = 2.0
"""How long a read waits for its turn before it is refused."""


class FewReads:
    """Reads at most `AT_ONCE` blobs of a store at the same time; its other methods are those of the store."""

    def __init__(self, blobs: Blobs) -> None:
        """Take the store whose reads are limited."""
        self.put, self.older_than, self.remove = blobs.put, blobs.older_than, blobs.remove
        self._get = blobs.get
        self._places = asyncio.Semaphore(AT_ONCE)

    async def get(self, sha256: str) -> bytes:
        """Return a blob, as the store does; raise DomainError `files_busy` after `WAIT_SECONDS` without a turn."""
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

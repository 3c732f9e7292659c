"""Takes files of photos in: at most a few at the same time, each within its limits."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.virus_scan import ScanFailed
from buurtsein_kernel.problems import DomainError, ProblemKind, forbidden
from buurtsein_reports.domain.photo import MadePhoto, Rectangle

AT_ONCE = 4
"""So many files are in memory at the same time; a further one is refused, and can be sent again later."""


class Maker(Protocol):
    """A Protocol: makes a photo out of a sent file."""

    async def make(self, sent: bytes) -> MadePhoto:
        """Return the photo; raise DomainError for a file that is none, and ScanFailed."""

    async def redact(self, photo: bytes, rectangles: Sequence[Rectangle]) -> MadePhoto:
        """Return the picture of a stored photo on which these rectangles are black."""


@dataclass(slots=True)
class PhotoIntake:
    """The store and the limits of photos; without a store no photos are taken."""

    blobs: Blobs | None
    maker: Maker
    most: int
    most_bytes: int
    seconds: float = 60.0
    """So long a file may take to arrive."""
    _running: int = field(default=0, init=False)

    def files(self) -> Blobs:
        """Return the store; raise DomainError `photos_off` without one."""
        if self.blobs is None:
            raise forbidden("photos_off", "Bij deze dienst kunt u geen foto's toevoegen.")
        return self.blobs

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Blobs]:
        """Hold one of the places for files and return the store; raise DomainError `photos_off`, `photos_busy`."""
        files = self.files()
        if self._running >= AT_ONCE:
            raise _later("photos_busy", "Er komen nu te veel foto's tegelijk binnen. Probeer het zo meteen opnieuw.")
        self._running += 1
        try:
            yield files
        finally:
            self._running -= 1

    async def make(self, sent: bytes) -> MadePhoto:
        """Return the photo in a sent file; raise DomainError, also `photo_scan_failed` when nothing could scan it."""
        try:
            return await self.maker.make(sent)
        except ScanFailed as error:
            detail = "We kunnen uw foto nu niet nakijken op schadelijke software. Probeer het later opnieuw."
            raise _later("photo_scan_failed", detail) from error


def _later(code: str, detail: str) -> DomainError:
    return DomainError(code, detail, ProblemKind.UNAVAILABLE)

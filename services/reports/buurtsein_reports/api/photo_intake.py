"""Accepts files that people send, and makes photos out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, override

from buurtsein_chassis.file_intake import FileIntake
from buurtsein_chassis.virus_scan import ScanFailed
from buurtsein_kernel.problems import DomainError, forbidden, unavailable
from buurtsein_reports.domain.photo import MadePhoto, Rectangle


class Maker(Protocol):
    """A Protocol: makes a photo out of a sent file."""

    async def make(self, sent: bytes) -> MadePhoto:
        """Return the photo in a file; raise DomainError for a file without one, or ScanFailed."""

    async def redact(self, photo: bytes, rectangles: Sequence[Rectangle]) -> MadePhoto:
        """Return the picture of a stored photo on which these rectangles are black."""


@dataclass
class PhotoIntake(FileIntake):
    """Accepts files of photos within limits; `maker` makes photos out of the files."""

    maker: Maker = field(kw_only=True)

    @override
    def off(self) -> DomainError:
        return forbidden("photos_off", "Bij deze dienst kunt u geen foto's toevoegen.")

    @override
    def busy(self) -> DomainError:
        detail = "Er komen nu te veel foto's tegelijk binnen. Probeer het zo meteen opnieuw."
        return unavailable("photos_busy", detail)

    async def make(self, sent: bytes) -> MadePhoto:
        """Return the photo in a sent file; raise DomainError, also `photo_scan_failed` when nothing could scan it."""
        try:
            return await self.maker.make(sent)
        except ScanFailed as error:
            detail = "We kunnen uw foto nu niet nakijken op schadelijke software. Probeer het later opnieuw."
            raise unavailable("photo_scan_failed", detail) from error

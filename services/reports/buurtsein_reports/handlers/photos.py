"""Handles the photos that a reporter adds to a report."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from buurtsein_kernel.clock import Clock
from buurtsein_reports.domain.photo import MadePhoto, Photo, require_room
from buurtsein_reports.handlers.stores import Store


class VirusScan(Protocol):
    """A Protocol: looks for malware in files."""

    async def is_clean(self, file: bytes) -> bool:
        """Return whether nothing was found."""


class PhotoFiles(Protocol):
    """A Protocol: stores the files of photos."""

    async def put(self, blob: bytes) -> str:
        """Store a file and return its SHA-256."""


@dataclass(frozen=True, slots=True)
class AddedPhoto:
    """A photo of a report, how many photos the report has now, and whether this one was there already."""

    photo: Photo
    number: int
    again: bool = False


async def admit_photo(reference: str, token: str | None, most: int, store: Store) -> None:
    """Check, before the file is read, that this reporter can add a photo to this report; raise as `add_photo` does."""
    report = await store.own_report(reference, token)
    require_room(report, await store.photos(report.report_id), most)


async def add_photo(
    reference: str, token: str | None, made: MadePhoto, most: int, clock: Clock, files: PhotoFiles, store: Store
) -> AddedPhoto:
    """Add a photo to a report of its reporter; the same photo twice is one photo. No event is recorded.

    Raises:
        DomainError: `report_unknown`, `report_past_retention`, `transition_refused` for a closed report, `photos_full`.
    """
    report = await store.own_report(reference, token)
    photos, sha256 = await store.photos(report.report_id), hashlib.sha256(made.jpeg).hexdigest()
    if same := next((one for one in photos if one.sha256 == sha256), None):
        return AddedPhoto(same, len(photos), again=True)
    require_room(report, photos, most)
    photo = Photo(sha256=sha256, width=made.width, height=made.height, bytes=len(made.jpeg), added_at=clock.now())
    await store.hold_file(sha256)
    await files.put(made.jpeg)
    await store.add_photo(report.report_id, photo)
    return AddedPhoto(photo, len(photos) + 1)

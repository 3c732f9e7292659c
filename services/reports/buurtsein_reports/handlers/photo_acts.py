"""Handles what clerks do with the photos of a report: redact, approve, delete. No event is recorded."""

import hashlib
from datetime import datetime
from uuid import UUID

from buurtsein_kernel.clock import Clock
from buurtsein_reports import commands
from buurtsein_reports.domain.handled import Clerk, require_handled_by
from buurtsein_reports.domain.photo import MadePhoto, Photo, PhotoAct, PhotoDeed, photo_of, require_inside
from buurtsein_reports.handlers.photos import PhotoFiles
from buurtsein_reports.handlers.stores import Store


async def photo_to_redact(
    report_id: UUID, photo_id: UUID, command: commands.RedactPhoto, clerk: Clerk, store: Store
) -> Photo:
    """Return a photo that this clerk may redact.

    Raises:
        DomainError: `report_unknown`, `not_for_city`, `not_for_police`, `photo_unknown`, `rectangle_outside`.
    """
    photo = await _photo(report_id, photo_id, clerk, store)
    require_inside(photo, command.rectangles)
    return photo


async def redact_photo(
    report_id: UUID, act: PhotoAct, made: MadePhoto | None, clerk: Clerk, files: PhotoFiles, store: Store
) -> PhotoAct:
    """Store a clerk's act on a photo and, if the photo was redacted, the new picture `made`; return the act."""
    await _photo(report_id, act.photo_id, clerk, store)
    if made and act.sha256:
        await store.hold_file(act.sha256)
        await files.put(made.jpeg)
    await store.add_act(report_id, act)
    return act


def redaction(
    photo: Photo, command: commands.RedactPhoto, made: MadePhoto | None, clerk: Clerk, now: datetime
) -> PhotoAct:
    """Return the record of a redaction with the picture `made`, or of an approval if `made` is None."""
    return PhotoAct(
        photo_id=photo.photo_id,
        act=PhotoDeed.REDACTED if made else PhotoDeed.APPROVED,
        sha256=hashlib.sha256(made.jpeg).hexdigest() if made else photo.sha256,
        rectangles=command.rectangles,
        actor=clerk.actor,
        party=clerk.party,
        at=now,
    )


async def delete_photo(
    report_id: UUID, photo_id: UUID, command: commands.DeletePhoto, clerk: Clerk, clock: Clock, store: Store
) -> PhotoAct:
    """Delete a photo, and store who did it and why; a job deletes its files at night."""
    await _photo(report_id, photo_id, clerk, store)
    act = PhotoAct(
        photo_id=photo_id,
        act=PhotoDeed.DELETED,
        reason=command.reason,
        actor=clerk.actor,
        party=clerk.party,
        at=clock.now(),
    )
    await store.delete_photo(report_id, act)
    return act


async def _photo(report_id: UUID, photo_id: UUID, clerk: Clerk, store: Store) -> Photo:
    require_handled_by(await store.report(report_id), clerk)
    return photo_of(await store.photos(report_id), photo_id)

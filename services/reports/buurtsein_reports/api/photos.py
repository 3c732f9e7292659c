"""Defines the routes of photos: a reporter adds one to a report, and those who handle the report see it."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Response

from buurtsein_chassis.blobs import BlobUnreadable
from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.provided import provided
from buurtsein_chassis.trace import unlinked
from buurtsein_chassis.uploads import Upload, anyone_may_upload
from buurtsein_reports import commands, handlers, views
from buurtsein_reports.api.callers import (
    CalledByHandlers,
    Given,
    ReadByAnybody,
    ReadByHandlers,
    Why,
    clerk_of,
    reader_of,
)
from buurtsein_reports.api.photo_intake import PhotoIntake
from buurtsein_reports.api.reporters import Reference, Token
from buurtsein_reports.domain.photo import unknown_photo
from buurtsein_reports.store import ReportsStore

log = structlog.get_logger("photos")
router = APIRouter(tags=["reports"])

KINDS = ("application/octet-stream", "image/jpeg", "image/png", "image/webp")
Intake = Annotated[PhotoIntake, provided(PhotoIntake)]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_AS_SENT = {"requestBody": {"required": True, "content": dict.fromkeys(KINDS, _BINARY)}}
_AS_SHOWN = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": 'inline; filename="foto.jpg"',
}


@router.post(
    "/reports/{reference}/status/photos",
    status_code=201,
    response_model=views.PhotoReceipt,
    dependencies=[Depends(unlinked)],
    openapi_extra=_AS_SENT,
    responses={200: {"model": views.PhotoReceipt, "description": "The report has this photo already."}},
)
async def add_photo(
    reference: Reference,
    upload: Annotated[Upload, anyone_may_upload(*KINDS)],
    given: Given,
    intake: Intake,
    tracking_token: Token = None,
) -> Response:
    """Add a photo to a report; the body of the request is the file itself: a JPEG, PNG or WebP, told by its content.

    Only the pixels of the photo are kept, without where and when it was taken.
    """
    async with intake.place() as files:
        async with upload.unit_of_work() as uow:
            store = ReportsStore(uow, given.municipality.nis)
            await handlers.admit_photo(reference, tracking_token, intake.most, store)
        made = await intake.make(await upload.read(intake.most_bytes, intake.seconds))
        async with upload.unit_of_work() as uow:
            store = ReportsStore(uow, given.municipality.nis)
            added = await handlers.add_photo(reference, tracking_token, made, intake.most, given.clock, files, store)
    body = views.PhotoReceipt.of(added, intake.most).model_dump_json()
    return Response(body, 200 if added.again else 201, media_type="application/json")


@router.get(
    "/reports/{report_id}/photos/{photo_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": _BINARY}, "description": "The photo."}},
)
async def photo(
    report_id: UUID, photo_id: UUID, reading: ReadByHandlers, intake: Intake, reason: Why = None
) -> Response:
    """Return a photo of a report as JPEG to somebody who handles the report; each reading is recorded, and why."""
    sha256 = await views.photo_read(reading.connection, report_id, photo_id, reader_of(reading.caller, reason))
    await reading.give_back()
    return Response(await _file(intake, sha256), media_type="image/jpeg", headers=_AS_SHOWN)


@router.get(
    "/reports/{reference}/status/photos/{photo_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": _BINARY}, "description": "The photo."}},
)
async def released_photo(
    reference: Reference, photo_id: UUID, reading: ReadByAnybody, intake: Intake, tracking_token: Token = None
) -> Response:
    """Return the redacted or approved picture of a photo to its reporter; 404 until a clerk redacts or approves it."""
    sha256 = await views.released_photo(reading.connection, reference, tracking_token, photo_id)
    await reading.give_back()
    return Response(await _file(intake, sha256), media_type="image/jpeg", headers=_AS_SHOWN)


async def _file(intake: PhotoIntake, sha256: str) -> bytes:
    """Return the file of a photo; raise DomainError `photo_unknown` when it cannot be read."""
    try:
        return await intake.files().get(sha256)
    except (BlobUnreadable, OSError) as error:
        log.exception("photo.unreadable", error=type(error).__name__)
        raise unknown_photo() from error


@router.post("/reports/{report_id}/photos/{photo_id}/redaction", status_code=201, response_model=views.PhotoDone)
async def redact(
    report_id: UUID,
    photo_id: UUID,
    command: commands.RedactPhoto,
    call: CalledByHandlers,
    given: Given,
    intake: Intake,
) -> Response:
    """Make parts of a photo unreadable, or approve it; before that, only police and city can see the photo.

    The stored photo does not change. The result of the last redaction or approval is what other people can see.
    """
    clerk, nis = clerk_of(call.caller), given.municipality.nis
    async with call.unit_of_work() as uow:
        photo = await handlers.photo_to_redact(report_id, photo_id, command, clerk, ReportsStore(uow, nis))
    made = None
    if command.rectangles:
        made = await intake.maker.redact(await _file(intake, photo.sha256), command.rectangles)
    act = handlers.redaction(photo, command, made, clerk, given.clock.now())

    async def handle(uow: UnitOfWork) -> Reply:
        await handlers.redact_photo(report_id, act, made, clerk, intake.files(), ReportsStore(uow, nis))
        return Reply(views.PhotoDone.of(act), status=201)

    return await call.once(handle)


@router.post("/reports/{report_id}/photos/{photo_id}/deletion", response_model=views.PhotoDone)
async def delete_photo(
    report_id: UUID, photo_id: UUID, command: commands.DeletePhoto, call: CalledByHandlers, given: Given
) -> Response:
    """Delete a photo, also its redacted pictures, with a reason that is kept."""
    clerk = clerk_of(call.caller)

    async def handle(uow: UnitOfWork) -> Reply:
        store = ReportsStore(uow, given.municipality.nis)
        return Reply(
            views.PhotoDone.of(await handlers.delete_photo(report_id, photo_id, command, clerk, given.clock, store))
        )

    return await call.once(handle)

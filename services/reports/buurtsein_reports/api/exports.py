"""Defines the routes of large exports: a clerk asks for one, a job makes the file, and the same clerk fetches it."""

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Response

from buurtsein_chassis.blobs import Blobs, BlobUnreadable
from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.lists import require_short
from buurtsein_chassis.provided import provided
from buurtsein_contracts import uuid7
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, forbidden, missing
from buurtsein_reports import views
from buurtsein_reports.api.callers import CalledByHandlers, Given, ListedForHandlers, ReadByHandlers, reader_of
from buurtsein_reports.store.exports import ask_export, fetch_export, own_export

log = structlog.get_logger("exports")
router = APIRouter(tags=["reports"])

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}


@dataclass(frozen=True, slots=True)
class ExportStore:
    """The store for the files of exports, or None, and the most rows that one export may have."""

    blobs: Blobs | None
    most_rows: int


Exports = Annotated[ExportStore, provided(ExportStore)]


@router.post("/report-exports", status_code=202, response_model=views.ReportExport)
async def ask(
    asked: views.ExportRequest, call: CalledByHandlers, lister: ListedForHandlers, given: Given, exports: Exports
) -> Response:
    """Ask for the whole list of reports as a file, also when the list is too long for one answer.

    The header `Location` has the address of the export.
    """
    if exports.blobs is None:
        raise forbidden("exports_off", "Deze dienst maakt geen bestanden. Kies een strengere filter.")
    now, reader = given.clock.now(), reader_of(call.caller)
    conditions = views.asked_for(asked.query, brussels_day(now), reader)
    listing = replace(views.REPORTS, most_rows=exports.most_rows)
    await require_short(listing, asked.query, conditions, lister.database)
    export_id = uuid7()

    async def handle(uow: UnitOfWork) -> Reply:
        who, kept = call.caller.actor, views.kept(asked.query)
        await ask_export(uow.connection, export_id, who, kept, asked.format, now, only_city=reader.only_city)
        body = views.ReportExport(export_id=export_id, status="waiting", format=asked.format, asked_at=now)
        return Reply(body, status=202, headers={"Location": f"/v1/report-exports/{export_id}"})

    return await call.once(handle)


@router.get("/report-exports/{export_id}", response_model_exclude_none=True)
async def export(export_id: UUID, reading: ReadByHandlers) -> views.ReportExport:
    """Return whether an export is ready, to the person who asked for it."""
    reading.keep_private()
    reader = reader_of(reading.caller)
    row = await own_export(reading.connection, export_id, reader.actor, only_city=reader.only_city)
    if row is None:
        raise _unknown()
    return views.ReportExport.model_validate(dict(row))


@router.get(
    "/report-exports/{export_id}/file",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, "application/geo+json": {}}, "description": "The file."}},
)
async def export_file(export_id: UUID, reading: ReadByHandlers, given: Given, exports: Exports) -> Response:
    """Return the file of an export to the person who asked for it, until it expires; each fetch is recorded."""
    reader = reader_of(reading.caller)
    who = (reading.connection, export_id, reader.actor)
    row = await fetch_export(*who, given.clock.now(), only_city=reader.only_city)
    if row is None:
        known = await own_export(*who, only_city=reader.only_city)
        if known is None or known["status"] != "waiting":
            raise _unknown()
        raise conflict("export_waiting", "Dit bestand is nog niet klaar. Probeer het zo meteen opnieuw.")
    await reading.give_back()
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="reports.{row["format"]}"',
    }
    return Response(await _file(exports, row["sha256"]), media_type=MEDIA_TYPES[row["format"]], headers=headers)


async def _file(exports: ExportStore, sha256: str) -> bytes:
    try:
        return await exports.blobs.get(sha256) if exports.blobs else b""
    except (BlobUnreadable, OSError) as error:
        log.exception("export.unreadable", error=type(error).__name__)
        raise _unknown() from error


def _unknown() -> DomainError:
    return missing("export_unknown", "Dit bestand bestaat niet (meer).")

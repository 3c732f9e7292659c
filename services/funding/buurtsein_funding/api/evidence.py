"""Defines the routes of evidence: a coordinator adds it, and the coordinators and the city read it."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Response

from buurtsein_chassis.blobs import BlobUnreadable
from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.provided import provided
from buurtsein_chassis.uploads import Upload, may_upload
from buurtsein_funding import handlers, views
from buurtsein_funding.api.callers import ByCoordinator, Given, ReadByOfficials, WhyRead, own_reader
from buurtsein_funding.api.evidence_intake import EvidenceIntake
from buurtsein_funding.domain.evidence import EvidenceKind
from buurtsein_funding.store import FundingStore

log = structlog.get_logger("evidence")
router = APIRouter(tags=["funding"])

MEDIA = {EvidenceKind.PDF: "application/pdf", EvidenceKind.JPEG: "image/jpeg", EvidenceKind.PNG: "image/png"}
KINDS = ("application/octet-stream", *MEDIA.values())
Intake = Annotated[EvidenceIntake, provided(EvidenceIntake)]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_AS_SENT = {"requestBody": {"required": True, "content": dict.fromkeys(KINDS, _BINARY)}}
_AS_SHOWN = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@router.post(
    "/applications/{application_id}/evidence",
    status_code=201,
    response_model=views.ShownEvidence,
    openapi_extra=_AS_SENT,
    responses={200: {"model": views.ShownEvidence, "description": "The application has this file already."}},
)
async def add_evidence(
    application_id: UUID,
    upload: Annotated[Upload, may_upload(KINDS, "coordinator")],
    given: Given,
    intake: Intake,
    line: Annotated[int | None, Query(ge=1, le=50)] = None,
) -> Response:
    """Add an invoice or another proof to an application, for the whole application or for one of its cost lines.

    The caller must coordinate the network. The body of the request is the file itself: a PDF, JPEG or PNG.
    """
    actor = upload.caller.actor
    async with intake.place() as files:
        async with upload.unit_of_work() as uow:
            await handlers.admit_evidence(application_id, line, actor, intake.most, FundingStore(uow))
        content = await upload.read(intake.most_bytes, intake.seconds)
        sent = handlers.SentFile(content, await intake.checked(content), line)
        async with upload.unit_of_work() as uow:
            store = FundingStore(uow)
            added, again = await handlers.add_evidence(
                application_id, sent, actor, intake.most, given.clock, files, store
            )
    body = views.ShownEvidence.of(added).model_dump_json(exclude_none=True)
    return Response(body, 200 if again else 201, media_type="application/json")


@router.get("/applications/{application_id}/evidence", response_model_exclude_none=True)
async def evidence_list(application_id: UUID, reading: ReadByOfficials) -> views.EvidenceList:
    """List the evidence of an application; a coordinator gets 404 for an application of another network."""
    return await views.evidence_of(reading.connection, application_id, own_reader(reading.caller))


@router.delete("/applications/{application_id}/evidence/{evidence_id}", response_model=views.EvidenceList)
async def take_back(application_id: UUID, evidence_id: UUID, call: ByCoordinator) -> Response:
    """Delete evidence that the city has not seen: evidence of a draft, or added after finance asked for more."""

    async def done(uow: UnitOfWork) -> Reply:
        rest = await handlers.take_back(application_id, evidence_id, call.caller.actor, FundingStore(uow))
        return Reply(views.EvidenceList.of(rest))

    return await call.once(done)


@router.get(
    "/applications/{application_id}/evidence/{evidence_id}",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(MEDIA.values(), _BINARY), "description": "The file."}},
)
async def evidence(
    application_id: UUID, evidence_id: UUID, reading: ReadByOfficials, intake: Intake, reason: WhyRead = None
) -> Response:
    """Return a file of evidence; record who read the file and, for a reader of the city, the reason."""
    by = views.Reading(reading.caller, own_reader(reading.caller), reason)
    found = await views.evidence_read(reading.connection, application_id, evidence_id, by)
    await reading.give_back()
    try:
        content = await intake.files().get(found.sha256)
    except (BlobUnreadable, OSError) as error:
        log.exception("evidence.unreadable", application_id=str(application_id), error=type(error).__name__)
        raise handlers.evidence_unknown() from error
    named = {"Content-Disposition": f'attachment; filename="{evidence_id}.{found.kind}"'}
    return Response(content, media_type=MEDIA[found.kind], headers=_AS_SHOWN | named)

"""Makes the response that shows a report with all its data to police or city, and records each reading."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import ClosingReason, ReportChannel, Route, Severity
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.problems import forbidden
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.photo import PhotoDeed, Rectangle
from buurtsein_reports.domain.questions import Answer
from buurtsein_reports.domain.report import ReportFlag, unknown_report
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.domain.steps import Step
from buurtsein_reports.views.handled import clerk_actions

_READ = """
insert into report_reading (report_id, reader, role, photo_id, reason)
select report_id, $2, $3, $4, coalesce($5, case when $6 = any(route_to) then 'handling' else 'assessment' end)
from report where report_id = any($1)
"""


class Reporter(BaseModel):
    """The contact data of a reporter."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str


class ShownPhoto(BaseModel):
    """One photo of a report, without its picture."""

    photo_id: UUID
    width: int
    height: int
    bytes: int
    added_at: datetime


class ShownAct(BaseModel):
    """What a clerk did with a photo: redacted, approved or deleted it."""

    photo_id: UUID
    act: PhotoDeed
    rectangles: list[Rectangle]
    reason: str | None = None
    actor: str
    party: Route
    at: datetime


class EarlierPlace(BaseModel):
    """A place that a report had until a clerk gave it another one."""

    number: int
    """The step that gave it another place."""
    latitude: float
    longitude: float
    postcode: str | None = None
    street: str | None = None
    house_number: str | None = None
    box: str | None = None
    address_id: str | None = None
    place_description: str | None = None
    neighbourhood: str | None = None
    within_metres: int | None = None
    network_id: UUID | None = None


class ReportFile(BaseModel):
    """A report with its text and its reporter, for the police or city officers who handle it."""

    report_id: UUID
    reference: str
    status: ReportStatus
    category: CategoryCode
    categories_edition: int
    """The edition of the categories by which the report was judged last."""
    reported_at: datetime
    severity: Severity
    route_to: list[Route]
    channel: ReportChannel
    text: str
    answers: dict[str, Answer]
    """The answers to the questions of the category."""
    happened_from: datetime
    happened_to: datetime | None
    latitude: float | None
    longitude: float | None
    """The coordinates are absent after retention has deleted them."""
    postcode: str | None
    street: str | None
    house_number: str | None
    box: str | None
    address_id: str | None
    """The id of the address, when the report was made with an address instead of a point."""
    place_description: str | None
    neighbourhood: str | None
    within_metres: int | None
    """For a described place: how far it is from the coordinates at most."""
    network_id: UUID | None
    earlier_places: list[EarlierPlace]
    """The places that the report had before, the oldest first."""
    source_system: str | None = None
    source_number: str | None = None
    flags: list[ReportFlag] = Field(default_factory=list)
    contact: Reporter | None = None
    language: Language
    version: int
    unit: str | None = None
    """The unit that handles the report."""
    unit_rule: str | None = None
    """The rule that chose it; absent for a standard unit, or one that a clerk chose."""
    unit_why: str | None = None
    """Why this unit, in Dutch."""
    routing_edition: int
    """The edition of the units and rules by which it was chosen."""
    assignee: str | None = None
    """The person who works on it (pseudonym)."""
    due_on: date
    planned_on: date | None = None
    forwarded_to: str | None = None
    answer_by: date | None = None
    """The last day for the answer of the other body."""
    closing_reason: ClosingReason | None = None
    duplicate_of: UUID | None = None
    photos: list[ShownPhoto]
    """The photos of the report; each is read at `/v1/reports/{report_id}/photos/{photo_id}`."""
    photo_acts: list[ShownAct]
    """What clerks did with the photos, also with those that are deleted."""
    duplicates: list[UUID]
    """The reports that are linked to this one as duplicates."""
    steps: list[Step]
    allowed: list[str]
    """The actions that are possible now."""


class Reader(BaseModel):
    """The person who reads a report (pseudonym), and the role in which they read it."""

    actor: str
    role: str
    only_city: bool
    """True when the person may read only reports that the city handles."""
    reason: str | None = None
    """Why the person reads, as typed; None for the usual work with reports."""


async def report_file(connection: Connection, report_id: UUID, reader: Reader) -> ReportFile:
    """Return a report with all its data and record the reader; raise DomainError `report_unknown` or `not_for_city`."""
    async with connection.transaction():
        row = await readable(connection, report_id, reader)
        await note_reading(connection, [report_id], reader)
        contact = await connection.fetchrow(
            "select name, email, phone, language from reporter where report_id = $1", report_id
        )
        steps = await connection.fetch("select * from report_step where report_id = $1 order by number", report_id)
        photos = await connection.fetch("select * from report_photo where report_id = $1 order by photo_id", report_id)
        acts = await connection.fetch("select * from photo_act where report_id = $1 order by act_id", report_id)
        places = await connection.fetch("select * from earlier_place where report_id = $1 order by number", report_id)
        linked = await connection.fetch("select report_id from report where duplicate_of = $1", report_id)
    return ReportFile.model_validate(
        dict(row)
        | {
            "answers": json.loads(row["answers"]),
            "contact": dict(contact) if contact else None,
            "steps": [dict(step) for step in steps],
            "photos": [dict(photo) for photo in photos],
            "photo_acts": [dict(act) | {"rectangles": json.loads(act["rectangles"])} for act in acts],
            "earlier_places": [dict(place) for place in places],
            "duplicates": [one["report_id"] for one in linked],
            "allowed": clerk_actions(ReportStatus(row["status"])),
        }
    )


async def readable(connection: Connection, report_id: UUID, reader: Reader) -> asyncpg.Record:
    """Return the row of a report that the reader may read; raise DomainError `report_unknown` or `not_for_city`."""
    row = await connection.fetchrow("select * from report where report_id = $1", report_id)
    if row is None:
        raise unknown_report()
    if reader.only_city and Route.CITY not in row["route_to"]:
        raise forbidden("not_for_city", "Deze melding is alleen voor de politie.")
    return row


async def note_reading(
    connection: Connection, report_ids: Sequence[UUID], reader: Reader, photo_id: UUID | None = None
) -> None:
    """Record that a person read the texts of these reports, or one photo, and why.

    Without a typed reason it is `handling` when the reader's office handles the report, and else `assessment`: the
    police assess every report.
    """
    party = Route.CITY if reader.only_city else Route.POLICE
    await connection.execute(_READ, list(report_ids), reader.actor, reader.role, photo_id, reader.reason, party)

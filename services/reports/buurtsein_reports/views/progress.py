"""Makes the response that tells a reporter, in plain words of a chosen language, how far a report's handling is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import Route
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.days import brussels_day
from buurtsein_reports.domain.closing import can_object
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.report import read_reference, unknown_report
from buurtsein_reports.domain.states import CLOSED, OPEN, ReportStatus
from buurtsein_reports.domain.steps import Step
from buurtsein_reports.domain.texts import Texts
from buurtsein_reports.domain.tracking import is_right
from buurtsein_reports.handlers import Dependencies
from buurtsein_reports.views.photos import released_photos

_OWN = "select * from report where reference = $1"
_STEPS = "select * from report_step where report_id = $1 order by number"
_FEEDBACK = "select given_at, exercise from report_feedback where report_id = $1 order by given_at, alert_id"
_ORIGINAL = "select status, route_to, planned_on, forwarded_to, closing_reason from report where report_id = $1"

_DEPENDS_ON_US = OPEN - {ReportStatus.PLANNED, ReportStatus.WAITING_REPORTER}
"""The statuses in which the reporter is told the term: not when a day is planned, or when the reporter must answer."""


class ProgressStep(BaseModel):
    """One step in a report's handling, as its reporter sees it: the time, the new status, a sentence and a message."""

    at: datetime
    status: ReportStatus
    text: str
    by_reporter: bool
    message: str | None = None


class GivenFeedback(BaseModel):
    """The sentence that the police gave the neighbourhood feedback about an alert to which the report led."""

    at: datetime
    text: str


class Progress(BaseModel):
    """The status of a report for its reporter, with a sentence that tells it, and all steps so far."""

    reference: str
    status: ReportStatus
    text: str
    category: CategoryCode
    reported_at: datetime
    closed: bool
    due_on: date | None = None
    """The day on which the report should be closed; absent when it is closed."""
    planned_on: date | None = None
    can_reopen_until: datetime | None = None
    """The moment until which the reporter can open the report again; absent when that is not possible."""
    photos: list[UUID]
    """The photos that the reporter can see, at `status/photos/{photo_id}`; a clerk looked at them first."""
    feedback: list[GivenFeedback]
    """The feedback of the police about alerts to which this report led, oldest first."""
    steps: list[ProgressStep]


async def progress(
    connection: Connection, reference: str, token: str | None, language: Language | None, given: Dependencies
) -> Progress:
    """Return the status of a report; raise DomainError `report_unknown` when reference or token is wrong."""
    row = await connection.fetchrow(_OWN, read_reference(reference))
    if row is None or not is_right(token, row["tracking_sha256"]):
        raise unknown_report()
    told = given.texts.in_language(language or Language(row["language"]))
    steps = [Step.model_validate(dict(step)) for step in await connection.fetch(_STEPS, row["report_id"])]
    closed = row["status"] in CLOSED
    return Progress(
        reference=row["reference"],
        status=row["status"],
        text=" ".join([await _sentence(connection, row, told), *_term(row, told, given.clock.now())]),
        category=row["category"],
        reported_at=row["reported_at"],
        closed=closed,
        due_on=None if closed else row["due_on"],
        planned_on=row["planned_on"],
        can_reopen_until=_last_moment(row, given.reopening_term, given.clock.now()),
        photos=await released_photos(connection, row["report_id"]),
        feedback=await _feedback(connection, row["report_id"], told),
        steps=_without_repeats([_shown(step, row["route_to"], told) for step in steps]),
    )


async def _feedback(connection: Connection, report_id: UUID, told: Texts) -> list[GivenFeedback]:
    rows = await connection.fetch(_FEEDBACK, report_id)
    return [GivenFeedback(at=row["given_at"], text=told.ended(exercise=row["exercise"])) for row in rows]


def _without_repeats(steps: Sequence[ProgressStep]) -> list[ProgressStep]:
    """Return the steps without those that tell the reporter nothing new, such as an assignment to a colleague."""
    before = [None, *(one.text for one in steps)]
    return [one for one, text in zip(steps, before, strict=False) if one.message or one.text != text]


def _last_moment(row: Any, term: timedelta, now: datetime) -> datetime | None:
    possible = can_object(ReportStatus(row["status"]), row["closed_at"], term, now)
    return row["closed_at"] + term if possible else None


async def _sentence(connection: Connection, row: Any, told: Texts) -> str:
    """Return the sentence about the report's status; for a duplicate, also the sentence about the original report."""
    sentence = told.about(row["status"], row["route_to"], row["planned_on"], row["forwarded_to"], row["closing_reason"])
    if row["duplicate_of"] is None:
        return sentence
    original = await connection.fetchrow(_ORIGINAL, row["duplicate_of"])
    return f"{sentence} {told.about(*original.values())}" if original else sentence


def _term(row: Any, told: Texts, now: datetime) -> Sequence[str]:
    """Return the sentence about the day by which a report should be closed, if the status is in `_DEPENDS_ON_US`."""
    return [told.term(row["due_on"], brussels_day(now))] if row["status"] in _DEPENDS_ON_US else []


def _sentence_of(step: Step, parties: Sequence[Route], told: Texts) -> str:
    if step.answer:
        return told.answered(step.answer, step.forwarded_to, step.planned_on)
    return told.about(step.status, parties, step.planned_on, step.forwarded_to, step.reason)


def _shown(step: Step, route_to: Sequence[Route], told: Texts) -> ProgressStep:
    parties = [step.party] if step.party else route_to
    return ProgressStep(
        at=step.at,
        status=step.status,
        text=_sentence_of(step, parties, told),
        by_reporter=step.party is None and step.answer is None,
        message=step.message,
    )

"""Decides on the handling of a report: police and city judge it, work on it, and exchange messages with its reporter.

Each function changes the report, and returns the events that tell of it: one for the topic of the police, and the same
one for the topic of the city while the city handles the report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from buurtsein_contracts import EventData
from buurtsein_contracts.events import IncidentTriaged, IncidentUpdated
from buurtsein_contracts.events.incident import BodyAnswer, HandlingStatus, Route, Severity
from buurtsein_contracts.topics import CITY_INCIDENTS
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, forbidden
from buurtsein_reports.domain.category import CategoryData
from buurtsein_reports.domain.handled import Clerk, HandledReport, require_handled_by, require_seen_by
from buurtsein_reports.domain.states import ReportStatus

_TO_BEGIN = {
    HandlingStatus.IN_PROGRESS: "begin",
    HandlingStatus.WAITING_REPORTER: "ask_reporter",
    HandlingStatus.PLANNED: "plan",
    HandlingStatus.FORWARDED: "forward",
}
"""The action that leads to each status of the handling."""


class Judgement(Protocol):
    """A Protocol: what a clerk decides about a report at triage, except the category."""

    @property
    def severity(self) -> Severity:
        """Return the severity that the clerk chose."""

    @property
    def route_to(self) -> Sequence[Route]:
        """Return whether police or city handles the report from now on."""


def triage(
    report: HandledReport, judged: Judgement, data: CategoryData, clerk: Clerk, now: datetime
) -> Sequence[EventData]:
    """Judge a report at triage; the first time that the city becomes a handler, also return IncidentReported for it.

    `data` is the data of the category that the clerk chose.

    Raises:
        DomainError: `transition_refused`, `not_for_city`, or `police_decide` when the city would take a report away
            from the police.
    """
    require_seen_by(report, clerk)
    report.require("triage")
    police_leaves = Route.POLICE in report.route_to and Route.POLICE not in judged.route_to
    if police_leaves and clerk.party is Route.CITY:
        raise forbidden("police_decide", "Alleen de politie beslist dat een melding niet meer voor de politie is.")
    city_was_told = report.on_city_topic and Route.CITY in report.route_to
    report.category, report.counts_as, report.severity = data.category, data.counts_as, judged.severity
    report.route_to = data.in_order(judged.route_to)
    report.moved(ReportStatus.TRIAGED)
    event = IncidentTriaged(
        report_id=report.report_id,
        category=report.counts_as,
        subcategory=report.subcategory,
        severity=report.severity,
        route_to=report.route_to,
        by=clerk.party,
        actor=clerk.actor,
        triaged_at=now,
    )
    return [*_city_begins(report), *report.told(event, to_city=city_was_told or Route.CITY in report.route_to)]


def _city_begins(report: HandledReport) -> Sequence[EventData]:
    """Return the event IncidentReported for the city's topic, if the city handles the report for the first time."""
    if report.on_city_topic or Route.CITY not in report.route_to:
        return []
    report.on_city_topic = True
    return [report.reported().on(CITY_INCIDENTS)]


@dataclass(frozen=True, slots=True)
class Progressed:
    """The next status of a report's handling, with the planned day, or the other body and the day for its answer."""

    status: HandlingStatus
    planned_on: date | None = None
    forwarded_to: str | None = None
    answer_by: date | None = None


def update(report: HandledReport, to: Progressed, clerk: Clerk, today: date, now: datetime) -> Sequence[EventData]:
    """Give a report the next status of its handling, and return the events.

    Raises:
        DomainError: `transition_refused`, `not_for_city`, `not_for_police`, `day_missing` or `day_in_past` for a plan,
            `body_missing` or `answer_day_unfit` for a report that is forwarded.
    """
    require_handled_by(report, clerk)
    report.require(_TO_BEGIN[to.status])
    _require_details(to, today)
    report.moved(ReportStatus(to.status))
    report.planned_on, report.forwarded_to, report.answer_by = to.planned_on, to.forwarded_to, to.answer_by
    if report.status is ReportStatus.FORWARDED:
        report.forwarding = report.version
    return report.told(_updated(report, clerk, now))


def _updated(report: HandledReport, clerk: Clerk | None, now: datetime) -> IncidentUpdated:
    return IncidentUpdated(
        report_id=report.report_id,
        status=HandlingStatus(report.status),
        by=clerk.party if clerk else None,
        planned_on=report.planned_on,
        actor=clerk.actor if clerk else None,
        updated_at=now,
    )


def _require_details(to: Progressed, today: date) -> None:
    planned, forwarded = to.status is HandlingStatus.PLANNED, to.status is HandlingStatus.FORWARDED
    if planned != (to.planned_on is not None):
        raise DomainError("day_missing", "Geef de dag alleen, en altijd, bij een melding die u inplant.")
    if to.planned_on and to.planned_on < today:
        raise DomainError("day_in_past", "De geplande dag is al voorbij.")
    if forwarded != (to.forwarded_to is not None):
        raise DomainError("body_missing", "Noem de dienst alleen, en altijd, bij een melding die u doorgeeft.")
    if to.answer_by and (not forwarded or to.answer_by < today):
        detail = "Geef een laatste dag voor het antwoord alleen bij een melding die u doorgeeft, vandaag of later."
        raise DomainError("answer_day_unfit", detail)


def answer(report: HandledReport, said: BodyAnswer, planned_on: date | None, now: datetime) -> Sequence[EventData]:
    """Accept the only answer of the body to which a report was forwarded; the report is in progress again.

    Raises:
        DomainError: `transition_refused` when it does not wait for an answer any more; `day_missing`, `day_in_past`.
    """
    report.require("answer")
    if (said is BodyAnswer.PLANNED) != (planned_on is not None):
        raise DomainError("day_missing", "Geef de dag alleen, en altijd, bij een melding die u inplant.")
    if planned_on and planned_on < brussels_day(now):
        raise DomainError("day_in_past", "De geplande dag is al voorbij.")
    report.moved(ReportStatus.IN_PROGRESS)
    return report.told(_updated(report, None, now).model_copy(update={"answer": said}))


def answered(report: HandledReport, now: datetime) -> Sequence[EventData]:
    """Accept a message of the reporter; a report that waited for the reporter's answer is in progress again.

    Raises:
        DomainError: `transition_refused` for a closed report.
    """
    report.require("message")
    if report.status is not ReportStatus.WAITING_REPORTER:
        report.version += 1
        return []
    report.moved(ReportStatus.IN_PROGRESS)
    return report.told(_updated(report, None, now))


def write(report: HandledReport, clerk: Clerk) -> None:
    """Accept a clerk's message to the reporter.

    Raises:
        DomainError: `not_for_city` or `not_for_police`, when the other of the two offices handles the report.
    """
    require_handled_by(report, clerk)
    report.version += 1

"""Defines a report that is being handled, and who may handle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events.incident import ClosingReason, Route
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.topics import CITY_INCIDENTS
from buurtsein_kernel.actions import require_allowed
from buurtsein_kernel.problems import forbidden
from buurtsein_reports.domain.report import ReportFacts
from buurtsein_reports.domain.states import ACTIONS, IN_DUTCH, ReportStatus


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person who handles a report: the pseudonym, and whether the person works for the police or the city."""

    actor: str
    party: Route


class HandledReport(ReportFacts):
    """A report together with the results of its handling; `version` increases with each step."""

    version: int = 1
    language: Language = Language.NL
    due_on: date
    assignee: str | None = None
    """The pseudonym of the person who works on it."""
    planned_on: date | None = None
    forwarded_to: str | None = None
    answer_by: date | None = None
    """The last day for the answer of the body to which it is forwarded."""
    forwarding: int | None = None
    """The version of the report when it was forwarded last; the token of the other body is made with it."""
    closing_reason: ClosingReason | None = None
    duplicate_of: UUID | None = None
    duplicates: int = 0
    """How many reports are linked to this one as duplicates."""
    closed_at: datetime | None = None
    on_city_topic: bool = False
    """True when the city's topic has a stream about this report."""

    @property
    def left_city(self) -> bool:
        """Return whether the city handled the report before, and does not handle it now."""
        return self.on_city_topic and Route.CITY not in self.route_to

    @property
    def new_forwarding(self) -> int | None:
        """Return the number of the forwarding if the last step forwarded the report, otherwise None."""
        return self.version if self.forwarding == self.version else None

    def require(self, action: str) -> None:
        """Raise `transition_refused`, with the allowed actions, unless the report's status allows the action."""
        require_allowed(ACTIONS, action, self.status, f"Dit kan nu niet: {IN_DUTCH[self.status]}.")

    def moved(self, status: ReportStatus) -> None:
        """Give the report a new status; the days, body or reason that belonged to the old status are removed."""
        self.status = status
        self.version += 1
        self.planned_on = self.answer_by = self.forwarded_to = self.closing_reason = self.duplicate_of = (
            self.closed_at
        ) = None

    def told(self, event: EventData, *, to_city: bool | None = None) -> Sequence[EventData]:
        """Return the event for the police's topic and, when the city handles the report, also for the city's topic."""
        for_city = Route.CITY in self.route_to if to_city is None else to_city
        return [event, event.on(CITY_INCIDENTS)] if for_city else [event]


def require_seen_by(report: HandledReport, clerk: Clerk) -> None:
    """Check that a clerk may see a report: police see all reports, the city sees the reports that it handles."""
    if clerk.party is Route.CITY and Route.CITY not in report.route_to:
        raise forbidden("not_for_city", "Deze melding is alleen voor de politie.")


def require_handled_by(report: HandledReport, clerk: Clerk) -> None:
    """Check that a report is handled by the office (police or city) of a clerk; raise DomainError otherwise."""
    require_seen_by(report, clerk)
    if clerk.party not in report.route_to:
        raise forbidden("not_for_police", "De stad behandelt deze melding. Wijs ze eerst ook aan de politie toe.")

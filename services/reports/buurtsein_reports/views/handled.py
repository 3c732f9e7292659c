"""Makes the response that shows the new status of a report after a step of a clerk or its reporter."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.incident import ClosingReason, Route, Severity
from buurtsein_kernel.actions import allowed
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.handled import HandledReport
from buurtsein_reports.domain.states import ACTIONS, ReportStatus

OF_OTHERS = frozenset({"object", "message", "answer"})
"""The actions of the reporter, and of the body to which a report was forwarded."""


class Handled(BaseModel):
    """The status of a report after a clerk's step, with the actions that are possible now."""

    report_id: UUID
    reference: str
    status: ReportStatus
    category: CategoryCode
    severity: Severity
    route_to: list[Route]
    unit: str | None = None
    assignee: str | None = None
    due_on: date
    planned_on: date | None = None
    forwarded_to: str | None = None
    answer_by: date | None = None
    forwarding: int | None = None
    """The number of the forwarding, for a report that was just forwarded."""
    forwarding_token: str | None = None
    """The token with which the other body answers; only this response shows it, and it is never stored."""
    closing_reason: ClosingReason | None = None
    duplicate_of: UUID | None = None
    allowed: list[str]

    @classmethod
    def of(cls, report: HandledReport) -> Self:
        """Return the response to a clerk with the report's new status."""
        return cls.model_validate(report.model_dump() | _more(report))


def _more(report: HandledReport) -> dict[str, Any]:
    return {"allowed": clerk_actions(report.status), "forwarding": report.new_forwarding}


def clerk_actions(status: ReportStatus) -> list[str]:
    """Return the actions of clerks that are possible in a status."""
    return [action for action in allowed(ACTIONS, status) if action not in OF_OTHERS]


class Reaction(BaseModel):
    """The status of a report after its reporter wrote a message or opened the report again."""

    reference: str
    status: ReportStatus

    @classmethod
    def of(cls, report: HandledReport) -> Self:
        """Return the response to a reporter with the report's new status."""
        return cls(reference=report.reference, status=report.status)

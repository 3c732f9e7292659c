"""Defines the records of the steps in a report's handling and of messages; stored records never change."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.incident import BodyAnswer, ClosingReason, ReopeningReason, Route
from buurtsein_reports.domain.handled import Clerk, HandledReport
from buurtsein_reports.domain.states import ReportStatus


class Step(BaseModel):
    """One step in the handling of a report: who took it, the status after it, and what the reporter is told."""

    number: int
    """The version of the report after the step; the acceptance of the report is number 1."""
    status: ReportStatus
    at: datetime
    party: Route | None = None
    """For whom the clerk works; None when the reporter or another body took the step."""
    actor: str | None = None
    """The pseudonym of the clerk; None when the reporter or another body took the step."""
    answer: BodyAnswer | None = None
    """The answer of the body to which the report was forwarded; None for all other steps."""
    reason: ClosingReason | ReopeningReason | None = None
    planned_on: date | None = None
    forwarded_to: str | None = None
    answer_by: date | None = None
    duplicate_of: UUID | None = None
    unit: str | None = None
    """The unit to which the step gave the report."""
    assignee: str | None = None
    """The person to whom the step gave the report (pseudonym)."""
    message: str | None = None
    """What the clerk or the reporter wrote to the other."""
    note: str | None = None
    """What the clerk wrote for colleagues; the reporter does not see it."""

    def in_short(self) -> dict[str, Any]:
        """Return the step as JSON, without texts and people, for the error about a decision on an older version."""
        return self.model_dump(mode="json", include={"number", "status", "at", "party"}, exclude_none=True)

    @classmethod
    def after(
        cls,
        report: HandledReport,
        clerk: Clerk | None,
        now: datetime,
        *,
        reason: ReopeningReason | None = None,
        message: str | None = None,
        note: str | None = None,
    ) -> Self:
        """Return the record of the step that gave the report its present status."""
        return cls(
            number=report.version,
            status=report.status,
            at=now,
            party=clerk.party if clerk else None,
            actor=clerk.actor if clerk else None,
            reason=reason or report.closing_reason,
            planned_on=report.planned_on,
            forwarded_to=report.forwarded_to,
            answer_by=report.answer_by,
            duplicate_of=report.duplicate_of,
            message=message,
            note=note,
        )

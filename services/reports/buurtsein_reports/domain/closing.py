"""Decides on the end of a report's handling: it is closed with a reason, linked to another report, or opened again.

Each function changes the report and returns the events about the change, as the functions in `handling.py` do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events import IncidentReopened, IncidentResolved
from buurtsein_contracts.events.incident import ClosingReason, ReopeningReason, Resolution
from buurtsein_kernel.problems import DomainError, conflict
from buurtsein_reports.domain.handled import Clerk, HandledReport, require_handled_by, require_seen_by
from buurtsein_reports.domain.states import ACTIONS, CLOSED, ReportStatus

_TO_CLOSE = {
    Resolution.RESOLVED: "resolve",
    Resolution.REJECTED: "reject",
    Resolution.DUPLICATE: "link_duplicate",
}
REASONS = {
    Resolution.RESOLVED: (ClosingReason.DONE, ClosingReason.MEASURES_TAKEN, ClosingReason.NOTHING_FOUND),
    Resolution.REJECTED: (
        ClosingReason.NOT_OURS,
        ClosingReason.PRIVATE_PROPERTY,
        ClosingReason.TOO_LITTLE_KNOWN,
        ClosingReason.NO_INCIDENT,
    ),
    Resolution.DUPLICATE: (ClosingReason.REPORTED_BEFORE,),
}
"""The reasons that belong to each resolution."""


def close(
    report: HandledReport, resolution: Resolution, reason: ClosingReason, clerk: Clerk, now: datetime
) -> Sequence[EventData]:
    """Close a report as resolved or rejected, with a reason; raise `transition_refused` or `reason_wrong`."""
    require_handled_by(report, clerk)
    report.require(_TO_CLOSE[resolution])
    if reason not in REASONS[resolution]:
        raise DomainError("reason_wrong", "Deze reden hoort niet bij deze afloop.")
    return _closed(report, resolution, reason, clerk, now)


def link_duplicate(report: HandledReport, original: HandledReport, clerk: Clerk, now: datetime) -> Sequence[EventData]:
    """Close a report as a duplicate of another report, which must be open and must not be a duplicate.

    Raises:
        DomainError: `transition_refused`, `not_for_city`, `not_for_police`, `original_unfit` when the other report is
            closed or is this one, `has_duplicates` when other reports are linked to this one.
    """
    require_handled_by(report, clerk)
    require_seen_by(original, clerk)
    report.require("link_duplicate")
    if report.duplicates:
        raise conflict("has_duplicates", "Andere meldingen zijn aan deze gekoppeld. Heropen die eerst.")
    if original.report_id == report.report_id or original.status in CLOSED:
        raise conflict("original_unfit", "Koppel aan een andere melding die nog open is.")
    events = _closed(report, Resolution.DUPLICATE, ClosingReason.REPORTED_BEFORE, clerk, now, original.report_id)
    original.duplicates += 1
    return events


def _closed(
    report: HandledReport,
    resolution: Resolution,
    reason: ClosingReason,
    clerk: Clerk,
    now: datetime,
    duplicate_of: UUID | None = None,
) -> Sequence[EventData]:
    report.moved(ReportStatus(resolution))
    report.closing_reason, report.duplicate_of, report.closed_at = reason, duplicate_of, now
    event = IncidentResolved(
        report_id=report.report_id,
        resolution=resolution,
        reason=reason,
        by=clerk.party,
        duplicate_of=duplicate_of,
        actor=clerk.actor,
        resolved_at=now,
    )
    return report.told(event)


def reopen(report: HandledReport, reason: ReopeningReason, clerk: Clerk, now: datetime) -> Sequence[EventData]:
    """Open a closed report again, as a clerk; raise `transition_refused`, `not_for_city` or `not_for_police`."""
    require_handled_by(report, clerk)
    report.require("reopen")
    return _reopened(report, reason, clerk, now)


def object_to(report: HandledReport, reason: ReopeningReason, term: timedelta, now: datetime) -> Sequence[EventData]:
    """Open a closed report again, as its reporter, within a number of days after it was closed.

    Raises:
        DomainError: `transition_refused`; `reopening_too_late` after the term.
    """
    report.require("object")
    if not can_object(report.status, report.closed_at, term, now):
        raise conflict("reopening_too_late", "U kunt deze melding niet meer heropenen. Doe een nieuwe melding.")
    return _reopened(report, reason, None, now)


def can_object(status: ReportStatus, closed_at: datetime | None, term: timedelta, now: datetime) -> bool:
    """Return whether the term in which the reporter can open a closed report again has not ended."""
    return status in ACTIONS["object"] and closed_at is not None and now <= closed_at + term


def _reopened(
    report: HandledReport, reason: ReopeningReason, clerk: Clerk | None, now: datetime
) -> Sequence[EventData]:
    report.moved(ReportStatus.REOPENED)
    event = IncidentReopened(
        report_id=report.report_id,
        reason=reason,
        by=clerk.party if clerk else None,
        actor=clerk.actor if clerk else None,
        reopened_at=now,
    )
    return report.told(event)

"""Moves a report when a clerk knows its place better than the reporter did; the earlier place is kept."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events import IncidentRelocated
from buurtsein_contracts.events.geography import Location
from buurtsein_reports.domain.handled import Clerk, HandledReport, require_handled_by
from buurtsein_reports.domain.report import ReportFlag


def relocate(
    report: HandledReport, location: Location, network_id: UUID | None, clerk: Clerk, now: datetime
) -> Sequence[EventData]:
    """Give a report an exact place, and the network there; return the events.

    Raises:
        DomainError: `transition_refused`, `not_for_city`, `not_for_police`.
    """
    require_handled_by(report, clerk)
    report.require("relocate")
    report.location, report.network_id = location, network_id
    report.flags = [one for one in report.flags if one is not ReportFlag.PLACE_DESCRIBED]
    report.version += 1
    return report.told(relocated(report, clerk, now))


def relocated(report: HandledReport, clerk: Clerk, at: datetime) -> IncidentRelocated:
    """Return IncidentRelocated with the present place of a report; the clerk changed the place at the moment `at`."""
    return IncidentRelocated(
        report_id=report.report_id,
        location=report.location,
        network_id=report.network_id,
        by=clerk.party,
        actor=clerk.actor,
        relocated_at=at,
    )

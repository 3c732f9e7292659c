"""Decides which unit and which person work on a report: the rules choose a unit, and a clerk can choose another."""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import IncidentAssigned
from buurtsein_reports.domain.handled import Clerk, HandledReport, require_handled_by
from buurtsein_reports.domain.routing import Routed, RoutingTable

BY_HAND = "Toegewezen door een medewerker."


def assign(
    report: HandledReport, unit: str | None, assignee: str | None, table: RoutingTable, clerk: Clerk, now: datetime
) -> Sequence[EventData]:
    """Give a report to a unit and to a person or nobody; return the events, which do not contain the person.

    When `unit` is None, the report keeps its unit.

    Raises:
        DomainError: `transition_refused`, `not_for_city`, `not_for_police`, `unit_unknown`, `unit_unfit`.
    """
    require_handled_by(report, clerk)
    report.require("assign")
    before, report.assignee = report.unit, assignee
    if unit:
        table.require(unit, report.route_to)
        report.unit, report.unit_rule, report.unit_why, report.routing_edition = unit, None, BY_HAND, table.edition
    report.version += 1
    return assigned(report, clerk, now) if report.unit != before else []


def reroute(report: HandledReport, routed: Routed, clerk: Clerk, now: datetime) -> Sequence[EventData]:
    """Give a report to the unit that the rules choose after a triage, and remove its person; return the events."""
    if routed.unit == report.unit:
        return []
    report.unit, report.unit_rule, report.unit_why = routed.unit, routed.unit_rule, routed.unit_why
    report.routing_edition, report.assignee = routed.routing_edition, None
    return assigned(report, clerk, now)


def assigned(report: HandledReport, clerk: Clerk, now: datetime) -> Sequence[EventData]:
    """Return IncidentAssigned for the police's topic and, when the city handles the report, for the city's topic."""
    if report.unit is None:
        return []
    event = IncidentAssigned(
        report_id=report.report_id, unit=report.unit, by=clerk.party, actor=clerk.actor, assigned_at=now
    )
    return report.told(event)

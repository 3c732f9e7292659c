"""Decides what the city is told of a report that it handles again, after only the police handled it."""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.topics import CITY_INCIDENTS
from buurtsein_reports.domain.assigning import assigned
from buurtsein_reports.domain.handled import Clerk, HandledReport
from buurtsein_reports.domain.relocating import relocated
from buurtsein_reports.domain.steps import Step


def missed(
    report: HandledReport, move: Step | None, reassigned: Sequence[EventData], clerk: Clerk, now: datetime
) -> Sequence[EventData]:
    """Return events for the city's topic with the place and the unit of a report, which may have changed meanwhile.

    `move` is the last step that moved the report, or None. `reassigned` has the events for a new unit if this triage
    changed the unit; then they tell the unit already.
    """
    place = []
    if move and move.actor and move.party:
        place = [relocated(report, Clerk(move.actor, move.party), move.at)]
    unit = [] if reassigned else assigned(report, clerk, now)[:1]
    return [event.on(CITY_INCIDENTS) for event in (*place, *unit)]

"""Declares the lifecycle of a report, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words

REPORT = Machine(
    "Report",
    Words("A report of what happened", "Een melding van wat gebeurde"),
    "reports",
    "bin.incidents",
    (
        at(0, 0, "RECEIVED"),
        at(1, 0, "TRIAGED", planned=True),
        at(2, 0, "IN_PROGRESS", "WAITING_REPORTER", "PLANNED", "FORWARDED", planned=True),
        at(2, 1.4, "RESOLVED", "REJECTED", "DUPLICATE", planned=True),
        at(1, 1.4, "REOPENED", planned=True),
    ),
    (
        Step(None, "receive", "RECEIVED", "IncidentReported"),
        Step("RECEIVED", "triage", "TRIAGED", "IncidentTriaged", planned=True),
        Step("TRIAGED", "update", "IN_PROGRESS", "IncidentUpdated", planned=True),
        Step("IN_PROGRESS", "resolve", "RESOLVED", "IncidentResolved", planned=True),
        Step("RESOLVED", "reopen", "REOPENED", "IncidentReopened", planned=True),
        Step("REOPENED", "update", "IN_PROGRESS", "IncidentUpdated", planned=True),
    ),
)

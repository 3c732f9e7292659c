"""Declares the lifecycle of a report, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words
from buurtsein_reports.domain.states import ACTIONS, ReportStatus


def _steps(action: str, target: str, event: str) -> list[Step]:
    """Return a lifecycle step from each status that allows the action to the status after it."""
    return [Step(source.value, action, target, event) for source in ReportStatus if source in ACTIONS[action]]


REPORT = Machine(
    "Report",
    Words("A report of what happened", "Een melding van wat gebeurde"),
    "reports",
    "bin.incidents",
    (
        at(0, 0, "RECEIVED"),
        at(1, 0, "TRIAGED"),
        at(2, 0, "REOPENED"),
        at(1, 1, "IN_PROGRESS"),
        at(0, 2, "WAITING_REPORTER"),
        at(1, 2, "PLANNED"),
        at(2, 2, "FORWARDED"),
        at(0, 3, "RESOLVED"),
        at(1, 3, "REJECTED"),
        at(2, 3, "DUPLICATE"),
    ),
    (
        Step(None, "receive", "RECEIVED", "IncidentReported"),
        *_steps("triage", "TRIAGED", "IncidentTriaged"),
        *(Step(one.value, "assign", one.value, "IncidentAssigned") for one in ReportStatus if one in ACTIONS["assign"]),
        *(
            Step(one.value, "relocate", one.value, "IncidentRelocated")
            for one in ReportStatus
            if one in ACTIONS["relocate"]
        ),
        *_steps("begin", "IN_PROGRESS", "IncidentUpdated"),
        *_steps("ask_reporter", "WAITING_REPORTER", "IncidentUpdated"),
        Step("FORWARDED", "answer", "IN_PROGRESS", "IncidentUpdated"),
        Step("WAITING_REPORTER", "message", "IN_PROGRESS", "IncidentUpdated"),
        *_steps("plan", "PLANNED", "IncidentUpdated"),
        *_steps("forward", "FORWARDED", "IncidentUpdated"),
        *_steps("resolve", "RESOLVED", "IncidentResolved"),
        *_steps("reject", "REJECTED", "IncidentResolved"),
        *_steps("link_duplicate", "DUPLICATE", "IncidentResolved"),
        *_steps("reopen", "REOPENED", "IncidentReopened"),
        *_steps("object", "REOPENED", "IncidentReopened"),
    ),
)
"""The lifecycle of a report; a message changes the status only when the report waited for one."""

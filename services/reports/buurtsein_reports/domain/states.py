"""Defines the states of a report, the actions that are possible in each, and the Dutch words for the states."""

from enum import StrEnum


class ReportStatus(StrEnum):
    """The status of a report, from its acceptance to its end; ACTIONS says which action each status allows."""

    RECEIVED = "RECEIVED"
    TRIAGED = "TRIAGED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_REPORTER = "WAITING_REPORTER"
    PLANNED = "PLANNED"
    FORWARDED = "FORWARDED"
    RESOLVED = "RESOLVED"
    REJECTED = "REJECTED"
    DUPLICATE = "DUPLICATE"
    REOPENED = "REOPENED"


S = ReportStatus
CLOSED = frozenset({S.RESOLVED, S.REJECTED, S.DUPLICATE})
"""The statuses of a report that nobody handles any more."""
OPEN = frozenset(S) - CLOSED
IN_HAND = frozenset({S.IN_PROGRESS, S.WAITING_REPORTER, S.PLANNED, S.FORWARDED})
"""The statuses of a report on which somebody works."""

ACTIONS: dict[str, frozenset[ReportStatus]] = {
    "triage": OPEN,
    "assign": OPEN,
    "relocate": OPEN,
    "begin": frozenset({S.TRIAGED, S.WAITING_REPORTER, S.PLANNED, S.FORWARDED, S.REOPENED}),
    "ask_reporter": frozenset({S.IN_PROGRESS}),
    "plan": frozenset({S.IN_PROGRESS, S.PLANNED}),
    "forward": frozenset({S.IN_PROGRESS}),
    "answer": frozenset({S.FORWARDED}),
    "resolve": IN_HAND,
    "reject": IN_HAND | {S.TRIAGED, S.REOPENED},
    "link_duplicate": OPEN,
    "reopen": CLOSED,
    "object": frozenset({S.RESOLVED, S.REJECTED}),
    "message": OPEN,
}
"""The statuses of a report in which each action is possible; in other statuses it is refused, without an event.

`object` and `message` are actions of the reporter, `answer` of the body to which a report was forwarded, all others of
the police or the city.
"""

IN_DUTCH: dict[ReportStatus, str] = {
    S.RECEIVED: "de melding is nog niet beoordeeld",
    S.TRIAGED: "de melding is beoordeeld, maar nog niet in behandeling",
    S.IN_PROGRESS: "de melding is in behandeling",
    S.WAITING_REPORTER: "de melding wacht op een antwoord van de melder",
    S.PLANNED: "voor de melding is al een dag gepland",
    S.FORWARDED: "de melding is doorgegeven aan een andere dienst",
    S.RESOLVED: "de melding is afgehandeld",
    S.REJECTED: "de melding is afgewezen",
    S.DUPLICATE: "de melding is gekoppeld aan een andere melding",
    S.REOPENED: "de melding is heropend, maar nog niet opnieuw in behandeling",
}
"""The words for each status, as the end of a Dutch sentence that begins with `Dit kan nu niet:`."""

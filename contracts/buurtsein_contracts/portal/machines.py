"""The lifecycles that the portal shows: for each kind of aggregate its states and the steps between them.

Invariant: everything that is not `planned` is what the services do; `tests/contract/test_portal_lifecycle.py` compares
it with their states and actions. What is `planned` exists in the catalogue only, and no service does it yet.
"""

from dataclasses import dataclass

from buurtsein_contracts.portal.wording import Words


@dataclass(frozen=True, slots=True)
class State:
    """One or more states that are drawn as one box, and the box's place on the grid."""

    names: tuple[str, ...]
    """The names of the states; several share a box when the same events lead to all of them."""
    column: int
    row: float
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow: the action that changes the state, and the event that is sent; None when no event is sent."""

    source: str | None
    """The first name of a state; None for the arrow to the first state."""
    action: str
    target: str
    event: str | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """The lifecycle of one kind of aggregate; `source` and `target` of a step are the first names of states."""

    name: str
    said: Words
    owner: str
    topic: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """Return the events of all steps, each once."""
        return tuple(dict.fromkeys(step.event for step in self.steps if step.event))


def _at(column: int, row: float, *names: str, planned: bool = False) -> State:
    return State(names, column, row, planned)


NETWORK = Machine(
    "Network",
    Words("A network, from application to recognition", "Een netwerk, van aanvraag tot erkenning"),
    "registry",
    "bin.networks",
    (
        _at(0, 0, "DRAFT"),
        _at(1, 0, "CHARTER_READY"),
        _at(2, 0, "UNDER_REVIEW"),
        _at(0, 1, "RETURNED"),
        _at(1, 1, "REJECTED"),
        _at(2, 1, "APPROVED"),
        _at(1, 2, "SUBMITTED_TO_FOD"),
        _at(1, 3, "RECOGNISED"),
        _at(0, 3, "SUSPENDED", planned=True),
        _at(2, 3, "ENDED", planned=True),
    ),
    (
        Step(None, "apply", "DRAFT"),
        Step("DRAFT", "sign_charter", "CHARTER_READY"),
        Step("CHARTER_READY", "sign_charter", "CHARTER_READY"),
        Step("REJECTED", "sign_charter", "CHARTER_READY"),
        Step("RETURNED", "sign_charter", "CHARTER_READY"),
        Step("CHARTER_READY", "submit", "UNDER_REVIEW"),
        Step("UNDER_REVIEW", "approve", "UNDER_REVIEW"),
        Step("UNDER_REVIEW", "approve", "APPROVED", "NetworkApproved"),
        Step("UNDER_REVIEW", "reject", "REJECTED"),
        Step("APPROVED", "send_to_fod", "SUBMITTED_TO_FOD"),
        Step("SUBMITTED_TO_FOD", "recognise", "RECOGNISED", "NetworkRecognised"),
        Step("SUBMITTED_TO_FOD", "return_charter", "RETURNED"),
        Step("RECOGNISED", "suspend", "SUSPENDED", "NetworkSuspended", planned=True),
        Step("SUSPENDED", "reinstate", "RECOGNISED", "NetworkReinstated", planned=True),
        Step("RECOGNISED", "end", "ENDED", "NetworkEnded", planned=True),
    ),
)

MEMBERSHIP = Machine(
    "Membership",
    Words("A membership of a network", "Een lidmaatschap van een netwerk"),
    "registry",
    "bin.members",
    (
        _at(0, 0, "ACTIVE"),
        _at(1, 0, "LEFT"),
        _at(2, 0, "ERASED"),
        _at(0, 1, "SUSPENDED", planned=True),
        _at(1, 1, "EXCLUDED", planned=True),
    ),
    (
        Step(None, "join", "ACTIVE", "MemberJoined"),
        Step("ACTIVE", "leave", "LEFT", "MemberLeft"),
        Step("ACTIVE", "suspend", "SUSPENDED", "MemberSuspended", planned=True),
        Step("ACTIVE", "exclude", "EXCLUDED", "MemberExcluded", planned=True),
        Step("LEFT", "erase", "ERASED", "PersonErased"),
        Step("EXCLUDED", "erase", "ERASED", "PersonErased", planned=True),
    ),
)

REPORT = Machine(
    "Report",
    Words("A report of what happened", "Een melding van wat gebeurde"),
    "reports",
    "bin.incidents",
    (
        _at(0, 0, "RECEIVED"),
        _at(1, 0, "TRIAGED", planned=True),
        _at(2, 0, "IN_PROGRESS", "WAITING_REPORTER", "PLANNED", "FORWARDED", planned=True),
        _at(2, 1.4, "RESOLVED", "REJECTED", "DUPLICATE", planned=True),
        _at(1, 1.4, "REOPENED", planned=True),
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

FUNDING = Machine(
    "Funding application",
    Words("A request for support", "Een aanvraag van financiële steun"),
    "funding",
    "bin.funding",
    (
        _at(0, 0, "SUBMITTED"),
        _at(1, 0, "GRANTED"),
        _at(2, 0, "PAID", planned=True),
        _at(1, 1, "REJECTED"),
        _at(0, 1, "WITHDRAWN", planned=True),
    ),
    (
        Step(None, "submit", "SUBMITTED", "FundingRequested"),
        Step("SUBMITTED", "grant", "GRANTED", "FundingDecided"),
        Step("SUBMITTED", "reject", "REJECTED", "FundingDecided"),
        Step("GRANTED", "pay", "PAID", "FundingPaid", planned=True),
        Step("SUBMITTED", "withdraw", "WITHDRAWN", "FundingWithdrawn", planned=True),
    ),
)

ALERT = Machine(
    "Alert",
    Words("An alert, from proposal to delivery", "Een waarschuwing, van voorstel tot aflevering"),
    "notifier",
    "bin.alerts",
    (
        _at(0, 1, "EXPIRED"),
        _at(0, 2, "PROPOSED"),
        _at(0, 3, "REFUSED"),
        _at(1, 2, "RELEASED"),
        _at(2, 1, "SENT"),
        _at(2, 2, "UNKNOWN"),
        _at(2, 3, "FAILED"),
        _at(1, 1, "CANCELLED"),
        _at(2, 0, "CANCELLING"),
    ),
    (
        Step(None, "propose", "PROPOSED", "AlertProposed"),
        Step("PROPOSED", "release", "PROPOSED"),
        Step("PROPOSED", "release", "RELEASED", "AlertReleased"),
        Step("PROPOSED", "refuse", "REFUSED", "AlertRefused"),
        Step("PROPOSED", "expire", "EXPIRED", "AlertExpired"),
        Step("RELEASED", "sent", "SENT", "AlertSent"),
        Step("RELEASED", "failed", "FAILED", "AlertFailed"),
        Step("RELEASED", "failed", "UNKNOWN", "AlertFailed"),
        Step("UNKNOWN", "settle", "SENT", "AlertSent"),
        Step("UNKNOWN", "settle", "FAILED", "AlertFailed"),
        Step("SENT", "update", "SENT", "AlertUpdated", planned=True),
        Step("RELEASED", "cancel", "CANCELLED", "AlertCancelled"),
        Step("SENT", "cancel", "CANCELLING"),
        Step("CANCELLING", "sent", "CANCELLED", "AlertCancelled"),
        Step("CANCELLING", "failed", "SENT"),
        Step("CANCELLING", "settle", "CANCELLED", "AlertCancelled"),
        Step("CANCELLING", "settle", "SENT"),
    ),
)

MACHINES = (NETWORK, MEMBERSHIP, REPORT, FUNDING, ALERT)

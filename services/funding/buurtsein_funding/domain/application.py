"""Defines the aggregate of an application for support, from request to decision.

Invariant: a granted application met all four conditions on the day of the decision, and another person than the
requester decided on it. The answers to the conditions are stored at the request and at the decision. Each method
that changes the application returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import FundingDecided, FundingRequested
from buurtsein_contracts.events.funding import Condition, FundingDecision
from buurtsein_funding.domain.conditions import unmet
from buurtsein_funding.domain.scheme import Scheme, in_euros
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import DomainError, conflict, forbidden


class ApplicationState(StrEnum):
    """The state of an application, from its request to the decision; ACTIONS says which action each state allows."""

    SUBMITTED = "SUBMITTED"
    GRANTED = "GRANTED"
    REJECTED = "REJECTED"


ACTIONS: dict[str, frozenset[ApplicationState]] = {
    "grant": frozenset({ApplicationState.SUBMITTED}),
    "reject": frozenset({ApplicationState.SUBMITTED}),
}
"""The states of an application in which each action is possible; in other states it is refused, without an event."""
ERASED = "erased:"
"""The first part of the text that replaces an erased requester; the id of the application follows, so that no two texts
are equal and the unique index for open applications of one requester holds."""
_SAID = {
    ApplicationState.SUBMITTED: "over de aanvraag is nog niet beslist",
    ApplicationState.GRANTED: "de steun is al toegekend",
    ApplicationState.REJECTED: "de aanvraag is al geweigerd",
}


class CostLine(BaseModel):
    """One cost for which support is requested; the amount is an integer, in euro cents."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    kind: str
    description: str
    cents: int = Field(strict=True, ge=1)


class Decision(BaseModel):
    """A decision on an application: the outcome, who decided, and the answers to the conditions at that time."""

    outcome: FundingDecision
    granted_cents: int | None = None
    reasons: list[str]
    conditions: list[Condition]
    decider: str
    decided_at: datetime


class Application(BaseModel):
    """One application for support of one network in one calendar year."""

    application_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    year: int
    scheme_id: str
    scheme: str
    """The scheme's id and version, such as `aalst-communicatiekosten@2026-01-01`."""
    form_version: str
    cost_lines: list[CostLine]
    requester: str
    """The pseudonym of the coordinator who requested; `erased:` and the application's id after an erasure."""
    requested_at: datetime
    conditions: list[Condition]
    """The answers to the conditions at the time of the request."""
    state: ApplicationState = ApplicationState.SUBMITTED
    decision: Decision | None = None
    version: int = 1

    @property
    def total_cents(self) -> int:
        """Return the requested amount: the sum of the cost lines, in euro cents."""
        return sum(line.cents for line in self.cost_lines)

    def submit(self, scheme: Scheme, day: date) -> Sequence[EventData]:
        """Submit the application: check the scheme's rules and return FundingRequested.

        The four conditions need not be met yet.
        """
        kinds = list(dict.fromkeys(line.kind for line in self.cost_lines))
        scheme.require_open(self.year, day)
        scheme.require_form(self.form_version)
        scheme.require_costs(kinds, self.total_cents)
        return [
            FundingRequested(
                application_id=self.application_id,
                network_id=self.network_id,
                year=self.year,
                scheme=self.scheme,
                form_version=self.form_version,
                requested_cents=self.total_cents,
                cost_kinds=kinds,
                conditions=self.conditions,
                actor=self.requester,
                requested_at=self.requested_at,
            )
        ]

    def grant(
        self, cents: int, reasons: Sequence[str], conditions: list[Condition], actor: str, now: datetime
    ) -> Sequence[EventData]:
        """Grant an amount in euro cents and return FundingDecided.

        Raises:
            DomainError: a condition is not met now, the amount is more than requested, the actor is the requester, or
                the state does not allow it.
        """
        self._require("grant", actor)
        if failing := unmet(conditions):
            raise conflict("conditions_not_met", " ".join(condition.why for condition in failing), ["reject"])
        if cents > self.total_cents:
            raise DomainError("over_requested", f"Er is maar {in_euros(self.total_cents)} gevraagd.")
        return self._decide(
            Decision(
                outcome=FundingDecision.GRANTED,
                granted_cents=cents,
                reasons=_each_once(reasons),
                conditions=conditions,
                decider=actor,
                decided_at=now,
            )
        )

    def reject(
        self, reasons: Sequence[str], conditions: list[Condition], actor: str, now: datetime
    ) -> Sequence[EventData]:
        """Reject the application and return FundingDecided; each condition that is not met now is added to the reasons.

        Raises:
            DomainError: there is no reason at all, the actor is the requester, or the state does not allow it.
        """
        self._require("reject", actor)
        every_reason = _each_once([*reasons, *(condition.code for condition in unmet(conditions))])
        if not every_reason:
            raise DomainError("reasons_missing", "Alle voorwaarden zijn vervuld. Geef een reden voor de weigering.")
        return self._decide(
            Decision(
                outcome=FundingDecision.REJECTED,
                reasons=every_reason,
                conditions=conditions,
                decider=actor,
                decided_at=now,
            )
        )

    def forget_requester(self) -> bool:
        """Replace an erased requester by a text that names nobody; return False when the requester must be kept.

        The requester of a granted application stays: the law on the control of subsidies asks who got the money.
        """
        if self.state is ApplicationState.GRANTED:
            return False
        self.requester = f"{ERASED}{self.application_id}"
        return True

    def allowed(self) -> list[str]:
        """Return the actions on this application that are possible in its present state."""
        return allowed(ACTIONS, self.state)

    def _require(self, action: str, actor: str) -> None:
        require_allowed(ACTIONS, action, self.state, f"Dit kan niet meer: {_SAID[self.state]}.")
        if actor == self.requester:
            raise forbidden("same_person", "Wie de steun heeft aangevraagd, kan er niet over beslissen.")

    def _decide(self, decision: Decision) -> Sequence[EventData]:
        self.decision = decision
        self.state = ApplicationState(decision.outcome)
        return [
            FundingDecided(
                application_id=self.application_id,
                network_id=self.network_id,
                year=self.year,
                scheme=self.scheme,
                decision=decision.outcome,
                granted_cents=decision.granted_cents,
                reasons=decision.reasons,
                conditions=decision.conditions,
                actor=decision.decider,
                decided_at=decision.decided_at,
            )
        ]


def _each_once(reasons: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(str(reason) for reason in reasons))

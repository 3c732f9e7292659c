"""An application for support, from request to decision.

Invariant: what is granted met all four conditions on the day of the decision, and was decided by somebody else than
who asked. The conditions are kept as they stood at both moments. Every method either returns the events that happened
or raises DomainError.
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
    """Where an application stands."""

    SUBMITTED = "SUBMITTED"
    GRANTED = "GRANTED"
    REJECTED = "REJECTED"


ACTIONS: dict[str, frozenset[ApplicationState]] = {
    "grant": frozenset({ApplicationState.SUBMITTED}),
    "reject": frozenset({ApplicationState.SUBMITTED}),
}
"""Each action, and the states it is possible in; anything else is refused and says nothing to the world."""
_SAID = {
    ApplicationState.SUBMITTED: "over de aanvraag is nog niet beslist",
    ApplicationState.GRANTED: "de steun is al toegekend",
    ApplicationState.REJECTED: "de aanvraag is al geweigerd",
}


class CostLine(BaseModel):
    """One cost that support is asked for; money is whole cents, so nothing but an integer is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    kind: str
    description: str
    cents: int = Field(strict=True, ge=1)


class Decision(BaseModel):
    """What was decided, by whom, and how the conditions stood then."""

    outcome: FundingDecision
    granted_cents: int | None = None
    reasons: list[str]
    conditions: list[Condition]
    decider: str
    decided_at: datetime


class Application(BaseModel):
    """One application, for one network and calendar year."""

    application_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    year: int
    scheme_id: str
    scheme: str
    """With its version."""
    form_version: str
    cost_lines: list[CostLine]
    requester: str
    requested_at: datetime
    conditions: list[Condition]
    """As they stood at submission."""
    state: ApplicationState = ApplicationState.SUBMITTED
    decision: Decision | None = None
    version: int = 1

    @property
    def total_cents(self) -> int:
        """What is asked: the sum of the cost lines, in euro cents."""
        return sum(line.cents for line in self.cost_lines)

    def submit(self, scheme: Scheme, day: date) -> Sequence[EventData]:
        """Within the scheme's rules it is accepted, also when a condition is not met yet."""
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
        """Give the amount, or a part of it with the reasons; only when all `conditions` are met now."""
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
        """Refuse, for the reasons given and for each of the `conditions` that is not met now."""
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

    def allowed(self) -> list[str]:
        """What can happen from here."""
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

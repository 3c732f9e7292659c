"""Enters the college's decision on an application, and checks the amounts and reasons of a decision.

Each function that changes the application returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import FundingDecided
from buurtsein_contracts.events.funding import FundingDecision
from buurtsein_funding.domain.application import Application, College, Decision, Review
from buurtsein_funding.domain.conditions import Answer, told, whys_of
from buurtsein_funding.domain.reasons import Reason, unmet
from buurtsein_funding.domain.reckoning import Reckoning
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.money import in_euros
from buurtsein_kernel.problems import DomainError, Euros, Word, conflict


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reasons of a proposal or a decision, as codes, and an explanation in words."""

    reasons: Sequence[Reason] = ()
    explanation: str | None = None


def grant(
    application: Application,
    cents: int,
    verdict: Verdict,
    college: College,
    conditions: list[Answer],
    actor: str,
    now: datetime,
) -> Sequence[EventData]:
    """Grant an amount in euro cents and return FundingDecided; each rule that reduced a cost line becomes a reason.

    Raises:
        DomainError: a condition is not met now, the amount is more than the scheme pays, a reason is missing, the actor
            wrote the application or prepared the decision, or the state does not allow a grant.
    """
    review = _reviewed(application, "grant", college, actor, now)
    if failing := unmet(conditions):
        detail = " ".join(condition.why for condition in failing)
        whys = [Word("why", one.said.name, one.said.named) for one in failing]
        raise conflict("conditions_not_met", detail, ["reject"], whys=whys)
    require_amount(cents, review.reckoning)
    require_reasons(verdict, less=cents < review.reckoning.payable_cents)
    return _decide(
        application,
        Decision(
            outcome=FundingDecision.GRANTED,
            granted_cents=cents,
            reasons=_each_once([*verdict.reasons, *_rules(review.reckoning)]),
            explanation=verdict.explanation,
            college=college,
            conditions=told(conditions),
            whys=whys_of(conditions),
            decider=actor,
            decided_at=now,
        ),
    )


def reject(
    application: Application, verdict: Verdict, college: College, conditions: list[Answer], actor: str, now: datetime
) -> Sequence[EventData]:
    """Reject the application and return FundingDecided; each condition that is not met now is added to the reasons.

    Raises:
        DomainError: there is no reason at all, the actor wrote the application or prepared the decision, or the state
            does not allow a rejection.
    """
    _reviewed(application, "reject", college, actor, now)
    require_reasons(verdict, less=not unmet(conditions))
    return _decide(
        application,
        Decision(
            outcome=FundingDecision.REJECTED,
            reasons=_each_once([*verdict.reasons, *(condition.code for condition in unmet(conditions))]),
            explanation=verdict.explanation,
            college=college,
            conditions=told(conditions),
            whys=whys_of(conditions),
            decider=actor,
            decided_at=now,
        ),
    )


def require_amount(cents: int, reckoning: Reckoning) -> None:
    """Check that an amount is not more than the scheme pays; raise DomainError `over_payable`."""
    if not 0 < cents <= reckoning.payable_cents:
        detail = f"Toekennen kan van 1 cent tot wat het reglement betaalt: {in_euros(reckoning.payable_cents)}."
        raise DomainError("over_payable", detail, values={"amount": Euros(reckoning.payable_cents)})


def require_room(cents: int, room: int | None, year: int) -> None:
    """Check that an amount is not more than `room`, the rest of the year's budget; raise DomainError `budget_spent`."""
    if room is not None and cents > room:
        left = max(room, 0)
        detail = f"In het budget van {year} is nog {in_euros(left)} vrij."
        raise conflict("budget_spent", detail, year=year, amount=Euros(left))


def require_reasons(verdict: Verdict, *, less: bool) -> None:
    """Check that a decision has a reason if it gives less than the scheme pays; raise DomainError `reasons_missing`.

    A rejection while all conditions are met gives less, too. The reason `other` needs an explanation.
    """
    if less and not verdict.reasons:
        raise DomainError("reasons_missing", "Geef een reden voor de weigering of voor het lagere bedrag.")
    if Reason.OTHER in verdict.reasons and not verdict.explanation:
        raise DomainError("reasons_missing", "Geef een toelichting bij de andere reden.")


def _reviewed(application: Application, action: str, college: College, actor: str, now: datetime) -> Review:
    """Return the prepared decision, after the checks that a grant and a rejection share."""
    application.require(action)
    if application.review is None:
        raise ValueError("an application under review has a review")
    application.require_other(actor, application.review.reviewer)
    if college.decided_on > brussels_day(now):
        raise DomainError("decided_in_future", "De dag van de beslissing ligt in de toekomst.")
    return application.review


def _rules(reckoning: Reckoning) -> list[str]:
    return [str(taken.rule) for line in reckoning.lines for taken in line.taken]


def _decide(application: Application, decision: Decision) -> Sequence[EventData]:
    application.decision = decision
    application.state = ApplicationState(decision.outcome)
    college = decision.college
    return [
        FundingDecided(
            application_id=application.application_id,
            network_id=application.network_id,
            year=application.year,
            scheme=application.scheme,
            decision=decision.outcome,
            granted_cents=decision.granted_cents,
            reasons=decision.reasons,
            conditions=decision.conditions,
            college_decided_on=college.decided_on if college else None,
            college_reference=college.reference if college else None,
            actor=decision.decider,
            decided_at=decision.decided_at,
        )
    ]


def _each_once(reasons: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(str(reason) for reason in reasons))

"""Defines what finance does with an application: asking the coordinator for more, and preparing a decision.

Each function changes the application and returns the events to record, or raises DomainError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import FundingIncomplete, FundingReviewed
from buurtsein_contracts.events.funding import FundingDecision
from buurtsein_funding.domain.application import Application, Asked, Review
from buurtsein_funding.domain.deciding import Verdict, require_amount, require_reasons, require_room
from buurtsein_funding.domain.reasons import Missing, unmet
from buurtsein_funding.domain.reckoning import Reckoning, reckon
from buurtsein_funding.domain.scheme import Scheme
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.days import brussels_day, in_words
from buurtsein_kernel.problems import DomainError, conflict


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal of finance; `accepted` maps the index of a cost line to the amount that finance accepts."""

    outcome: FundingDecision
    granted_cents: int | None = None
    """The amount to grant; None for all that the scheme pays."""
    accepted: Mapping[int, int] = field(default_factory=dict)
    members: int | None = None
    """The number of members that finance accepts; None for the one that the registry knows."""
    verdict: Verdict = field(default_factory=Verdict)


def ask_more(
    application: Application, missing: Sequence[Missing], text: str, until: date, actor: str, now: datetime
) -> Sequence[EventData]:
    """Ask the coordinator to add something before the end of a day, and return FundingIncomplete.

    An amount that a review reserved in the budget is free again.

    Raises:
        DomainError: the day is not after today, the actor wrote the application, or the state does not allow it.
    """
    application.require("ask_more")
    application.require_other(actor)
    if until <= brussels_day(now):
        raise DomainError("until_in_past", "Geef een dag na vandaag.")
    codes = [str(one) for one in dict.fromkeys(missing)]
    application.asked.append(Asked(missing=codes, text=text, until=until, asked_by=actor, asked_at=now))
    application.state, application.review = ApplicationState.INCOMPLETE, None
    return [
        FundingIncomplete(
            application_id=application.application_id,
            network_id=application.network_id,
            missing=codes,
            until=until,
            actor=actor,
            asked_at=now,
        )
    ]


def review(
    application: Application, proposal: Proposal, scheme: Scheme, room: int | None, actor: str, now: datetime
) -> Sequence[EventData]:
    """Prepare a decision, reserve its amount in the budget, and return FundingReviewed.

    Finance reviews the form as it was last submitted. Changes that the coordinator did not submit are lost.

    Args:
        application: The application.
        proposal: What finance proposes.
        scheme: The version of the scheme under which the application was submitted.
        room: What the budget of the year still has for this application, in euro cents; None for no limit.
        actor: The person who prepares the decision.
        now: The present moment.

    Raises:
        DomainError: a rule about the amount or the reasons is broken, the budget is spent, finance still waits for the
            coordinator, the actor wrote the application, or the state does not allow it.
    """
    application.require("review")
    application.require_other(actor)
    _require_answered(application, brussels_day(now))
    application.drop_changes()
    reckoning = _reckoned(application, proposal, scheme)
    granted = _granted(proposal, reckoning)
    require_reasons(proposal.verdict, less=_is_less(granted, reckoning, application))
    if granted is not None:
        require_amount(granted, reckoning)
        require_room(granted, room, application.year)
    application.review = Review(
        outcome=proposal.outcome,
        granted_cents=granted,
        members=proposal.members,
        reckoning=reckoning,
        reasons=[str(reason) for reason in dict.fromkeys(proposal.verdict.reasons)],
        explanation=proposal.verdict.explanation,
        reviewer=actor,
        reviewed_at=now,
    )
    application.state = ApplicationState.UNDER_REVIEW
    return [
        FundingReviewed(
            application_id=application.application_id,
            network_id=application.network_id,
            year=application.year,
            scheme=application.scheme,
            proposal=proposal.outcome,
            reserved_cents=granted,
            actor=actor,
            reviewed_at=now,
        )
    ]


def _require_answered(application: Application, day: date) -> None:
    """Raise DomainError `answer_awaited` while the coordinator still has time to add what finance asked for."""
    if application.state is ApplicationState.INCOMPLETE and day <= (until := application.asked[-1].until):
        detail = f"De coördinator heeft nog tot en met {in_words(until)} om de aanvraag aan te vullen."
        raise conflict("answer_awaited", detail, ["edit", "submit", "withdraw"], until=until)


def _reckoned(application: Application, proposal: Proposal, scheme: Scheme) -> Reckoning:
    lines = application.cost_lines
    if any(index >= len(lines) or cents > lines[index].cents for index, cents in proposal.accepted.items()):
        raise DomainError("line_unknown", "Een aanvaard bedrag hoort bij een kost van de aanvraag en is niet hoger.")
    if proposal.members is not None and not proposal.verdict.explanation:
        raise DomainError("reasons_missing", "Geef een toelichting bij het aantal leden dat de stad aanvaardt.")
    numbers = application.numbers.model_copy(update={"accepted": proposal.members})
    return reckon(scheme, lines, numbers, proposal.accepted)


def _granted(proposal: Proposal, reckoning: Reckoning) -> int | None:
    if proposal.outcome is FundingDecision.REJECTED:
        return None
    return reckoning.payable_cents if proposal.granted_cents is None else proposal.granted_cents


def _is_less(granted: int | None, reckoning: Reckoning, application: Application) -> bool:
    """Return whether a proposal grants less than the scheme pays, or rejects while all conditions are met."""
    if granted is None:
        return not unmet(application.conditions)
    return granted < reckoning.payable_cents

"""Defines the bodies of the requests of finance: asking for more, preparing a decision, entering a decision."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from buurtsein_contracts.events.funding import FundingDecision
from buurtsein_funding.domain.application import College
from buurtsein_funding.domain.deciding import Verdict
from buurtsein_funding.domain.reasons import Missing, Reason
from buurtsein_funding.domain.reviewing import Proposal
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain

Explanation = Annotated[str, Field(min_length=1, max_length=1000), Plain]
Cents = Annotated[int, Field(strict=True, ge=1)]


class AskMore(Command):
    """What finance asks a coordinator to add to an application, and the last day for it."""

    missing: list[Missing] = Field(min_length=1, max_length=5)
    text: Explanation
    until: date


class AcceptedCost(Command):
    """The amount that finance accepts for one cost line; lines are numbered from 1."""

    line: int = Field(strict=True, ge=1, le=50)
    cents: int = Field(strict=True, ge=0)


class _Reasoned(Command):
    reasons: list[Reason] = Field(default=[], max_length=6)
    """At most six, because the event holds ten reasons and four can be unmet conditions or rules of the scheme."""
    explanation: Explanation | None = None

    def verdict(self) -> Verdict:
        """Convert the reasons and the explanation to the `Verdict` of the domain."""
        return Verdict(tuple(self.reasons), self.explanation)


class Review(_Reasoned):
    """A decision that finance prepares for the college."""

    proposal: FundingDecision
    granted_cents: Cents | None = None
    """The amount to grant; without it all that the scheme pays."""
    accepted: list[AcceptedCost] = Field(default=[], max_length=50)
    members: int | None = Field(default=None, ge=0, le=100_000, strict=True)
    """The number of members that the city accepts, with an explanation; without it the one that the registry knows."""

    def made(self) -> Proposal:
        """Convert the request to the `Proposal` of the domain."""
        accepted = {one.line - 1: one.cents for one in self.accepted}
        return Proposal(self.proposal, self.granted_cents, accepted, self.members, self.verdict())


class CollegeDecision(Command):
    """The day and the reference of the decision of the college of mayor and aldermen."""

    decided_on: date
    reference: Annotated[str, Field(min_length=1, max_length=60), Name]

    def made(self) -> College:
        """Convert the request to the `College` that an application stores."""
        return College(decided_on=self.decided_on, reference=self.reference)


class _Decision(_Reasoned):
    college: CollegeDecision


class Grant(_Decision):
    """A decision to give support; `reasons` say why the amount is less than the scheme pays."""

    decision: Literal["GRANTED"]
    granted_cents: Cents


class Reject(_Decision):
    """A decision to refuse support; each condition that is not met is added to `reasons`."""

    decision: Literal["REJECTED"]


Decide = Annotated[Grant | Reject, Field(discriminator="decision")]
"""The body of a request with a decision."""

"""Defines what an application for support holds; the steps of its life are in the modules beside this one.

Invariant: a granted application met all four conditions on the day of the decision. Two different people prepared and
entered the decision. These two did not write or request the application, and did not coordinate the network. The
answers to the conditions and the amounts line by line are stored at the request and at the decision.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.funding import Condition, FundingDecision
from buurtsein_funding.domain.questions import Answer
from buurtsein_funding.domain.reckoning import CostLine, Reckoning
from buurtsein_funding.domain.scheme import Numbers
from buurtsein_funding.domain.states import ACTIONS, GIVEN, IN_DUTCH, ApplicationState
from buurtsein_funding.domain.why import Why
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import DomainError, Word, conflict, forbidden, missing, require_seen
from buurtsein_kernel.versions import Versioned

ERASED = "erased:"
"""The first part of the text that replaces an erased requester; the id of the application follows, so that no two texts
are equal."""


class Form(BaseModel):
    """What a coordinator fills in: the costs, the numbers of members and messages, and the answers to questions."""

    form_version: str
    cost_lines: list[CostLine]
    numbers: Numbers = Numbers()
    answers: dict[str, Answer] = {}

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of cost, each once, in the order of the lines."""
        return list(dict.fromkeys(line.kind for line in self.cost_lines))


class Asked(BaseModel):
    """What finance asked a coordinator to add, until which day, and when the coordinator submitted it."""

    missing: list[str]
    text: str
    until: date
    asked_by: str
    asked_at: datetime
    completed_at: datetime | None = None


class Review(BaseModel):
    """The decision that finance prepared: the outcome, the amounts line by line, and the reasons."""

    outcome: FundingDecision
    granted_cents: int | None = None
    """What finance proposes to grant; it is reserved in the budget of the year."""
    members: int | None = None
    """The number of members that finance accepts, when it is another than the one that the registry knows."""
    reckoning: Reckoning
    reasons: list[str]
    explanation: str | None = None
    reviewer: str
    reviewed_at: datetime


class College(BaseModel):
    """The decision of the college of mayor and aldermen, as its minutes say: the day and the reference."""

    decided_on: date
    reference: str


class Decision(BaseModel):
    """A decision on an application: the outcome, who entered it, and the answers to the conditions at that time."""

    outcome: FundingDecision
    granted_cents: int | None = None
    reasons: list[str]
    explanation: str | None = None
    college: College | None = None
    """None for a decision from before the college's decision was kept."""
    conditions: list[Condition]
    whys: dict[str, Why] = {}
    decider: str
    decided_at: datetime


class Payment(BaseModel):
    """The payment of the granted amount, and what was claimed back of it later."""

    paid_cents: int
    paid_on: date
    reference: str | None = None
    justified_cents: int | None = None
    proved: dict[UUID, int] = {}
    """What finance accepted of each invoice, in euro cents, by the id of the evidence."""
    reclaimed_cents: int = 0


class Application(Form, Versioned):
    """One application for support of one network for the costs of one calendar year."""

    told_as: ClassVar[Mapping[str, Sequence[str]]] = {
        "asked": ("asked_more",),
        "numbers": ("members", "messages"),
        "reckoning": ("payable_cents",),
        "submitted": (),
        "whys": ("conditions",),
        "writers": (),
    }

    application_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    year: int
    scheme_id: str
    scheme: str
    """The scheme's id and version, such as `aalst-communicatiekosten@2026-01-01`."""
    requester: str
    """The pseudonym of the coordinator who requested; `erased:` and the application's id after an erasure."""
    writers: list[str] = []
    """The pseudonyms of everybody who filled in or submitted the form, each once."""
    requested_at: datetime | None = None
    """When it was submitted for the first time; None for a draft."""
    conditions: list[Condition] = []
    """The answers to the conditions at the time of the last submission."""
    whys: dict[str, Why] = {}
    """The sentence of each answer with its values, by the code of the condition, to tell it in other languages."""
    reckoning: Reckoning | None = None
    """What the scheme pays, as computed at the last submission; None for a draft."""
    submitted: Form | None = None
    """The form as it was last submitted, when a coordinator has changed it since; None when there is no such change."""
    asked: list[Asked] = []
    review: Review | None = None
    decision: Decision | None = None
    payment: Payment | None = None
    state: ApplicationState = ApplicationState.DRAFT

    @property
    def total_cents(self) -> int:
        """Return the requested amount: the sum of the cost lines, in euro cents."""
        return sum(line.cents for line in self.cost_lines)

    @property
    def granted_cents(self) -> int | None:
        """Return the granted amount in euro cents, or None when nothing was granted."""
        return self.decision.granted_cents if self.decision else None

    @property
    def held_cents(self) -> int:
        """Return the part of the year's budget that is reserved for or granted to this application, in euro cents."""
        if self.state is ApplicationState.UNDER_REVIEW and self.review:
            return self.review.granted_cents or 0
        if self.state in GIVEN:
            return (self.granted_cents or 0) - (self.payment.reclaimed_cents if self.payment else 0)
        return 0

    def written_by(self, actor: str) -> None:
        """Note that a coordinator filled in or submitted the form."""
        if actor not in self.writers:
            self.writers.append(actor)

    def change_form(self, form: Form) -> None:
        """Replace the form; if finance asked for more, first keep the form that the city has in `submitted`."""
        if self.state is ApplicationState.INCOMPLETE and self.submitted is None:
            self.submitted = Form(**{name: getattr(self, name) for name in Form.model_fields})
        for name in Form.model_fields:
            setattr(self, name, getattr(form, name))

    def drop_changes(self) -> None:
        """Return to the form as it was last submitted; changes that were not submitted are lost."""
        if self.submitted:
            self.change_form(self.submitted)
            self.submitted = None

    def as_submitted(self) -> Self:
        """Return a copy with the form as it was last submitted, for the city."""
        shown = self.model_copy()
        shown.drop_changes()
        return shown

    def forget(self, person: str) -> bool:
        """Remove an erased person who wrote or requested this; return False when the person must be kept.

        The people who wrote or requested a granted application stay, because the law on the control of subsidies asks
        who got the money.
        """
        if self.state in GIVEN:
            return False
        self.writers = [one for one in self.writers if one != person]
        if self.requester == person:
            self.requester = f"{ERASED}{self.application_id}"
        return True

    def allowed(self) -> list[str]:
        """Return the actions on this application that are possible in its present state."""
        return allowed(ACTIONS, self.state)

    def require(self, action: str) -> None:
        """Check that an action is possible in the present state; raise DomainError `transition_refused`."""
        require_allowed(ACTIONS, action, self.state, f"Dit kan nu niet: {IN_DUTCH[self.state]}.", self._told)

    def refused(self, detail: str) -> DomainError:
        """Return the error `transition_refused` with this Dutch sentence, for a refusal that is not by ACTIONS."""
        return conflict("transition_refused", detail, self.allowed(), state=self._told)

    @property
    def _told(self) -> Word:
        return Word("application", self.state)

    def require_seen(self, seen: str) -> None:
        """Check that a person read this version; raise DomainError `version_changed`, which tells what changed."""
        since = {"changed": self.changed_since(seen)}
        require_seen(seen, self.version, self.state, IN_DUTCH[self.state], since)

    def require_other(self, actor: str, *others: str) -> None:
        """Raise DomainError `same_person` if the person wrote or requested this, or is one of these people."""
        if actor in {self.requester, *self.writers, *others}:
            detail = (
                "Wie de aanvraag schreef, het netwerk coördineert of de beslissing voorbereidde, kan dit niet doen."
            )
            raise forbidden("same_person", detail)


def unknown() -> DomainError:
    """Return the error for an application that does not exist, or that the caller may not know of."""
    return missing("application_unknown", "Deze aanvraag bestaat niet.")

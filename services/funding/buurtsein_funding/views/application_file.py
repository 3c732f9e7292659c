"""Shows one application for support, with its steps and the actions that are possible now."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.languages import Reader
from buurtsein_contracts.events.funding import Condition, FundingDecision
from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.domain import application as stored
from buurtsein_funding.domain.application import Application, unknown
from buurtsein_funding.domain.questions import Answer
from buurtsein_funding.domain.reckoning import Reckoning
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_funding.views.sentences import told_conditions, told_line, told_reasons

DUTCH = Reader()


class TakenOff(BaseModel):
    """An amount in euro cents that a rule takes off a cost, with the rule in words."""

    rule: str
    cents: int
    why: str


class CostLine(BaseModel):
    """One cost for which support is requested, and what the city pays of it, in euro cents with VAT."""

    kind: str
    description: str
    cents: int
    taken_off: list[TakenOff] = []
    payable_cents: int | None = None
    """Absent for a draft, and after a change of the form until the next submission."""


class AskedMore(BaseModel):
    """What finance asked the coordinator to add, until which day, and when it was submitted."""

    missing: list[str]
    text: str
    until: date
    asked_at: datetime
    completed_at: datetime | None = None


class Review(BaseModel):
    """The decision that finance prepared; what it proposes to grant is reserved in the budget."""

    outcome: FundingDecision
    granted_cents: int | None = None
    members: int | None = None
    """The number of members that finance accepts, when it is another than the one that the registry knows."""
    reasons: list[str]
    why: list[str]
    """The reasons in words."""
    explanation: str | None = None
    reviewer: str
    reviewed_at: datetime


class College(BaseModel):
    """The day and the reference of the decision of the college of mayor and aldermen."""

    decided_on: date
    reference: str


class Decision(BaseModel):
    """A decision on an application: the outcome, who entered it, and the answers to the conditions at that time."""

    outcome: FundingDecision
    granted_cents: int | None = None
    reasons: list[str]
    why: list[str]
    """The reasons in words."""
    explanation: str | None = None
    college: College | None = None
    conditions: list[Condition]
    decider: str
    decided_at: datetime


class Payment(BaseModel):
    """The payment: the paid amount, the amount that the network proved, and the amount claimed back, in euro cents."""

    paid_cents: int
    paid_on: date
    reference: str | None = None
    justified_cents: int | None = None
    proved: dict[UUID, int] = {}
    """What finance accepted of each invoice, by the id of the evidence."""
    reclaimed_cents: int = 0


class ApplicationFile(BaseModel):
    """An application with its steps, its decision and the actions that are possible now.

    `conditions` are the answers at the time of the request, `decision.conditions` those at the time of the decision.
    """

    application_id: UUID
    network_id: UUID
    year: int
    scheme_id: str
    scheme: str
    """The scheme's id and version."""
    form_version: str
    cost_lines: list[CostLine]
    members: int | None = None
    """The number of members that the coordinator stated."""
    members_registered: int | None = None
    """How many members the registry knew at the last submission; this number counts, unless finance accepts another."""
    messages: int | None = None
    answers: dict[str, Answer] = {}
    requester: str
    requested_at: datetime | None = None
    """Absent for a draft."""
    conditions: list[Condition]
    """The answers to the conditions at the time of the request."""
    state: ApplicationState
    asked_more: list[AskedMore] = []
    review: Review | None = None
    decision: Decision | None = None
    payment: Payment | None = None
    version: int
    requested_cents: int
    payable_cents: int | None = None
    """What the city pays at most by its scheme; absent when that of the cost lines is absent."""
    actions: list[str]


def file_of(application: Application, reader: Reader = DUTCH) -> ApplicationFile:
    """Return the response that shows an application, with its sentences in the reader's language."""
    reckoning = _reckoning_of(application)
    return ApplicationFile(
        application_id=application.application_id,
        network_id=application.network_id,
        year=application.year,
        scheme_id=application.scheme_id,
        scheme=application.scheme,
        form_version=application.form_version,
        cost_lines=_lines(application, reckoning, reader),
        members=application.numbers.members,
        members_registered=application.numbers.registered,
        messages=application.numbers.messages,
        answers=application.answers,
        requester=application.requester,
        requested_at=application.requested_at,
        conditions=told_conditions(application.conditions, application.whys, reader),
        state=application.state,
        asked_more=[AskedMore.model_validate(one.model_dump()) for one in application.asked],
        review=_review_of(application.review, reader),
        decision=_decision_of(application.decision, reader),
        payment=Payment(**application.payment.model_dump()) if application.payment else None,
        version=application.version,
        requested_cents=application.total_cents,
        payable_cents=reckoning.payable_cents if reckoning else None,
        actions=application.allowed(),
    )


def _reckoning_of(application: Application) -> Reckoning | None:
    """Return what the city pays for the cost lines of an application; None before it is computed for these lines."""
    if application.submitted:
        return None
    found = application.review.reckoning if application.review else application.reckoning
    return found if found and found.is_of(application.cost_lines) else None


def _lines(application: Application, reckoning: Reckoning | None, reader: Reader) -> list[CostLine]:
    """Return the cost lines; once amounts are computed, each also has what the city pays and what a rule subtracted."""
    plain = [CostLine(kind=one.kind, description=one.description, cents=one.cents) for one in application.cost_lines]
    if reckoning is None:
        return plain
    return [
        shown.model_copy(
            update={
                "taken_off": [
                    TakenOff(rule=one.rule, cents=one.cents, why=told_line(one, reader)) for one in line.taken
                ],
                "payable_cents": line.payable_cents,
            }
        )
        for shown, line in zip(plain, reckoning.lines, strict=True)
    ]


def _review_of(review: stored.Review | None, reader: Reader) -> Review | None:
    if review is None:
        return None
    return Review(**review.model_dump(exclude={"reckoning"}), why=told_reasons(review.reasons, reader))


def _decision_of(decision: stored.Decision | None, reader: Reader) -> Decision | None:
    if decision is None:
        return None
    shown = decision.model_dump(exclude={"whys"})
    shown["conditions"] = told_conditions(decision.conditions, decision.whys, reader)
    return Decision(**shown, why=told_reasons(decision.reasons, reader))


async def application_file(
    connection: Connection, application_id: UUID, coordinator: str | None, reader: Reader = DUTCH
) -> ApplicationFile:
    """Return one application; raise DomainError `application_unknown` when there is none.

    A `coordinator` can read the applications of networks that they coordinate now, and applications that they made.
    When `coordinator` is None, only applications that were submitted at least once can be read, as they were submitted.
    """
    row = await connection.fetchrow(_FILE, application_id, coordinator)
    if row is None:
        raise unknown()
    found = APPLICATIONS.read_row(row)
    return file_of(found if coordinator else found.as_submitted(), reader)


_FILE = """
select a.document, a.schema from application a left join known_network n using (network_id)
where application_id = $1
    and (case when $2::text is null then a.requested_at is not null
        else requester = $2 or n.document #>> array['coordinators', $2, 'value', 'role'] is not null end)
"""

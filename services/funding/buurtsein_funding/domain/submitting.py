"""Defines what a coordinator does with an application: editing, submitting and withdrawing it.

Each function changes the application and returns the events to record, or raises DomainError.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import FundingCompleted, FundingRequested, FundingWithdrawn
from buurtsein_funding.domain.application import Application, Form
from buurtsein_funding.domain.conditions import Answer, told, whys_of
from buurtsein_funding.domain.reckoning import reckon
from buurtsein_funding.domain.scheme import Scheme
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.days import brussels_day


@dataclass(frozen=True, slots=True)
class Known:
    """The answers to the conditions, the members and the proved cost lines at the time of a submission."""

    conditions: list[Answer]
    members: int | None = None
    """How many members the registry knows; None when it told nothing about them."""
    proved: Collection[int | None] = ()
    """The numbers of the cost lines that have evidence; None stands for the whole application."""


def edit(application: Application, form: Form, actor: str) -> None:
    """Replace what the coordinator filled in; the rules of the scheme are checked at the submission."""
    application.require("edit")
    application.change_form(form)
    application.written_by(actor)


def submit(application: Application, scheme: Scheme, known: Known, actor: str, now: datetime) -> Sequence[EventData]:
    """Submit a draft and return FundingRequested, or submit what finance asked for and return FundingCompleted.

    The four conditions need not be met yet. An amount above what the scheme pays is not refused: a
    rule reduces it. When the registry knows the number of members, that number counts.

    Raises:
        DomainError: a rule of the scheme is broken, or the state does not allow it.
    """
    application.require("submit")
    _check(application, scheme, brussels_day(now))
    scheme.require_proof([line.kind for line in application.cost_lines], known.proved)
    application.scheme, application.scheme_id = scheme.name, scheme.id
    application.numbers = application.numbers.model_copy(update={"registered": known.members})
    application.reckoning = reckon(scheme, application.cost_lines, application.numbers)
    application.conditions, application.whys = told(known.conditions), whys_of(known.conditions)
    application.requester, application.submitted = actor, None
    application.written_by(actor)
    completed = application.state is ApplicationState.INCOMPLETE
    application.state = ApplicationState.SUBMITTED
    return [_completed(application, now) if completed else _requested(application, now)]


def withdraw(application: Application, actor: str, now: datetime) -> Sequence[EventData]:
    """Withdraw an application and return FundingWithdrawn; return no event for a draft, which was never announced."""
    application.require("withdraw")
    was_draft, application.state = application.state is ApplicationState.DRAFT, ApplicationState.WITHDRAWN
    told = FundingWithdrawn(
        application_id=application.application_id, network_id=application.network_id, actor=actor, withdrawn_at=now
    )
    return [] if was_draft else [told]


def _check(application: Application, scheme: Scheme, day: date) -> None:
    """Check the rules of the scheme; the window counts for the first submission only."""
    if application.state is ApplicationState.DRAFT:
        scheme.require_open(application.year, day)
    scheme.require_form(application.form_version)
    scheme.require_kinds(application.kinds)
    scheme.require_numbers(application.numbers)
    scheme.require_answers(application.answers)


def _requested(application: Application, now: datetime) -> EventData:
    application.requested_at = now
    return FundingRequested(
        application_id=application.application_id,
        network_id=application.network_id,
        year=application.year,
        scheme=application.scheme,
        form_version=application.form_version,
        requested_cents=application.total_cents,
        payable_cents=application.reckoning.payable_cents if application.reckoning else None,
        cost_kinds=application.kinds,
        conditions=application.conditions,
        actor=application.requester,
        requested_at=now,
    )


def _completed(application: Application, now: datetime) -> EventData:
    application.asked[-1].completed_at = now
    return FundingCompleted(
        application_id=application.application_id,
        network_id=application.network_id,
        requested_cents=application.total_cents,
        payable_cents=application.reckoning.payable_cents if application.reckoning else None,
        cost_kinds=application.kinds,
        conditions=application.conditions,
        actor=application.requester,
        completed_at=now,
    )

"""Defines the steps of a granted application: payment, proof of the costs, and claiming an amount back.

Each function that changes the application returns the events to record, or raises DomainError.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events import FundingJustified, FundingPaid, FundingReclaimed
from buurtsein_funding.domain.application import Application, Payment
from buurtsein_funding.domain.refusals import because
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.money import in_euros
from buurtsein_kernel.problems import Euros

S = ApplicationState
_TO_PAY = frozenset({S.DRAFT, S.SUBMITTED, S.INCOMPLETE, S.UNDER_REVIEW, S.GRANTED})


def require_account_wanted(application: Application) -> None:
    """Check that something can still be paid, so that an account is needed; raise DomainError `transition_refused`."""
    if application.state not in _TO_PAY:
        raise application.refused("Voor deze aanvraag wordt niets meer betaald.")


def pay(application: Application, paid_on: date, reference: str, actor: str, now: datetime) -> Sequence[EventData]:
    """Record that the granted amount was paid, and return FundingPaid; `reference` is the payment's end-to-end id."""
    application.require("pay")
    payment = Payment(paid_cents=application.granted_cents or 0, paid_on=paid_on, reference=reference)
    application.payment, application.state = payment, ApplicationState.PAID
    return [
        FundingPaid(
            application_id=application.application_id,
            network_id=application.network_id,
            paid_cents=payment.paid_cents,
            paid_on=paid_on,
            payment_reference=reference,
            actor=actor,
            entered_at=now,
        )
    ]


def justify(application: Application, proved: Mapping[UUID, int], actor: str, now: datetime) -> Sequence[EventData]:
    """Record what the network proved with each invoice, in euro cents, and return FundingJustified.

    When more is proved than was paid, only the paid amount counts.
    """
    application.require("justify")
    payment = _payment(application, 0)
    cents = min(sum(proved.values()), payment.paid_cents)
    payment.proved, payment.justified_cents = dict(proved), cents
    application.state = ApplicationState.JUSTIFIED
    return [
        FundingJustified(
            application_id=application.application_id,
            network_id=application.network_id,
            justified_cents=cents,
            actor=actor,
            justified_at=now,
        )
    ]


def reclaim(application: Application, cents: int, reason: str, actor: str, now: datetime) -> Sequence[EventData]:
    """Claim an amount in euro cents back, with the code of a reason, and return FundingReclaimed.

    What was proved with invoices cannot be claimed back. The amount is free again in the budget of the year.
    """
    application.require("reclaim")
    payment = _payment(application, cents)
    if cents > payment.paid_cents - (payment.justified_cents or 0):
        raise because("over_paid", "Wat verantwoord is, kan niet worden teruggevorderd.", "justified")
    payment.reclaimed_cents, application.state = cents, ApplicationState.RECLAIMED
    return [
        FundingReclaimed(
            application_id=application.application_id,
            network_id=application.network_id,
            reclaimed_cents=cents,
            reason=reason,
            actor=actor,
            reclaimed_at=now,
        )
    ]


def _payment(application: Application, cents: int) -> Payment:
    """Return the payment; raise DomainError `over_paid` when the amount in euro cents is more than was paid."""
    if application.payment is None:
        raise ValueError("an application that was paid has a payment")
    paid = application.payment.paid_cents
    if cents > paid:
        raise because("over_paid", f"Er is maar {in_euros(paid)} betaald.", "paid", amount=Euros(paid))
    return application.payment

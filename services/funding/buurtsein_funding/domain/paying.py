"""Decides how a result that the bank reports changes a payment.

Invariant: the same result twice changes nothing the second time, and a payment that is paid or failed never changes.
"""

from enum import StrEnum

from buurtsein_funding.bank import Result
from buurtsein_funding.domain.payment import BatchState, Payment, PaymentState


class Effect(StrEnum):
    """The effect of a result: the payment is now paid or failed, is unchanged, or must be checked by a person."""

    PAID = "paid"
    FAILED = "failed"
    UNCHANGED = "unchanged"
    TO_CHECK = "to_check"


def settle(payment: Payment, result: Result, batch: BatchState) -> Effect:
    """Apply a result of the bank to a payment, and return the effect.

    The effect is TO_CHECK when the payment was not released, when the amount differs, or when the bank reported
    something else before, such as a payment that came back after it was paid.
    """
    told = PaymentState.PAID if result.paid_on else PaymentState.FAILED
    if payment.state is told:
        return Effect.UNCHANGED
    differs = told is PaymentState.PAID and result.cents not in {None, payment.cents}
    if payment.state is not PaymentState.WAITING or batch is not BatchState.RELEASED or differs:
        return Effect.TO_CHECK
    payment.state, payment.paid_on, payment.reason = told, result.paid_on, result.reason
    return Effect.PAID if result.paid_on else Effect.FAILED

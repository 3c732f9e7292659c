"""Decides what a result of the bank means for a payment.

Invariant: the same result twice changes nothing the second time, and no result turns a finished payment around.
"""

from enum import StrEnum

from buurtsein_funding.bank import Result
from buurtsein_funding.domain.payment import BatchState, Payment, PaymentState


class Effect(StrEnum):
    """What a result does: the payment is paid or failed now, was so already, or a person must look at it."""

    PAID = "paid"
    FAILED = "failed"
    UNCHANGED = "unchanged"
    TO_CHECK = "to_check"


def settle(payment: Payment, result: Result, batch: BatchState) -> Effect:
    """Change a payment as the bank says and return the effect.

    A person must look at a payment that was not released, whose amount differs, or of which the bank said something
    else before, such as a payment that came back after it was paid.
    """
    told = PaymentState.PAID if result.paid_on else PaymentState.FAILED
    if payment.state is told:
        return Effect.UNCHANGED
    differs = told is PaymentState.PAID and result.cents not in {None, payment.cents}
    if payment.state is not PaymentState.WAITING or batch is not BatchState.RELEASED or differs:
        return Effect.TO_CHECK
    payment.state, payment.paid_on, payment.reason = told, result.paid_on, result.reason
    return Effect.PAID if result.paid_on else Effect.FAILED

"""Defines the reasons for a decision on an application, and what finance can ask of a coordinator, with Dutch words."""

from collections.abc import Iterable
from enum import StrEnum

from buurtsein_contracts.events.funding import Condition, ConditionCode
from buurtsein_funding.domain.conditions import Answer
from buurtsein_funding.domain.reckoning import Rule


class Reason(StrEnum):
    """Why finance or the college rejects an application, or grants less than the scheme allows."""

    INVOICE_MISSING = "invoice_missing"
    PROOF_UNCLEAR = "proof_unclear"
    COST_NOT_SUPPORTED = "cost_not_supported"
    OUTSIDE_YEAR = "outside_year"
    PAID_ELSEWHERE = "paid_elsewhere"
    BUDGET_SPENT = "budget_spent"
    NOT_COMPLETED = "not_completed"
    OTHER = "other"


class Missing(StrEnum):
    """What finance asks a coordinator to add to an application."""

    PROOF = "proof"
    AMOUNT = "amount"
    ACCOUNT = "account"
    ANSWER = "answer"
    OTHER = "other"


REASONS: dict[str, str] = {
    Reason.INVOICE_MISSING: "Er ontbreekt een factuur.",
    Reason.PROOF_UNCLEAR: "Een bewijsstuk is niet duidelijk.",
    Reason.COST_NOT_SUPPORTED: "De stad steunt deze kost niet.",
    Reason.OUTSIDE_YEAR: "Een kost hoort niet bij dit jaar.",
    Reason.PAID_ELSEWHERE: "Een kost wordt al door iemand anders betaald.",
    Reason.BUDGET_SPENT: "Het budget van dit jaar is op.",
    Reason.NOT_COMPLETED: "De gevraagde aanvulling is niet op tijd gekomen.",
    Reason.OTHER: "Er is een andere reden; lees de toelichting.",
    Rule.REVIEWED: "De stad aanvaardt een kost niet helemaal.",
    Rule.VAT: "De stad betaalt de btw niet.",
    Rule.OWN_SHARE: "Het netwerk betaalt een deel zelf.",
    Rule.CEILING: "Het bedrag is beperkt tot het maximum van het reglement.",
    ConditionCode.APPROVED: "Korpschef en burgemeester hebben het netwerk niet allebei goedgekeurd.",
    ConditionCode.RECOGNISED: "De FOD Binnenlandse Zaken erkent het netwerk nu niet.",
    ConditionCode.REQUESTED_BY_COORDINATOR: "De aanvrager is geen coördinator van het netwerk.",
    ConditionCode.BE_ALERT: "Het netwerk heeft BE-Alert niet aanvaard.",
}
"""The Dutch sentence for each reason of a decision: of people, of the scheme's rules, and of conditions not met."""


def unmet[C: (Answer, Condition)](conditions: Iterable[C]) -> list[C]:
    """Return those of the given conditions for funding that are not met."""
    return [condition for condition in conditions if not condition.met]

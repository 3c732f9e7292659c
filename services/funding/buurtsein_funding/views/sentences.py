"""Tells conditions, rules and reasons in the language of the reader.

The Dutch sentences name days and amounts. In other languages a sentence tells the general thing; the amounts stand
beside it in the response.
"""

from collections.abc import Sequence

from buurtsein_chassis.languages import Reader
from buurtsein_contracts.events.funding import Condition
from buurtsein_funding.domain.reasons import REASONS
from buurtsein_funding.domain.reckoning import Taken

OTHER = "Er is een andere reden."


def told_condition(condition: Condition, reader: Reader) -> Condition:
    """Return a condition with its reason in the reader's language."""
    name = f"{condition.code}_{'met' if condition.met else 'unmet'}"
    return condition.model_copy(update={"why": reader.told("conditions", name, condition.why).sentence})


def told_line(taken: Taken, reader: Reader) -> str:
    """Return the sentence about an amount that a rule takes off a cost line."""
    return reader.told("reasons", taken.rule, taken.why).sentence


def told_reasons(reasons: Sequence[str], reader: Reader) -> list[str]:
    """Return the reasons of a decision in words; a code of an earlier time, which is not known any more, as `other`."""
    return [reader.told("reasons", code, REASONS.get(code, OTHER)).sentence for code in reasons]

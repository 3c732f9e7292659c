"""Makes the sentences about conditions, rules and reasons in the reader's language, with the same days and amounts."""

from collections.abc import Mapping, Sequence

from buurtsein_chassis.languages import Reader
from buurtsein_contracts.events.funding import Condition
from buurtsein_funding.domain.reasons import REASONS
from buurtsein_funding.domain.reckoning import Taken
from buurtsein_funding.domain.why import Why

OTHER = "Er is een andere reden."


def told_conditions(conditions: Sequence[Condition], whys: Mapping[str, Why], reader: Reader) -> list[Condition]:
    """Return the answers to conditions with their reasons in the reader's language."""
    return [one.model_copy(update={"why": told_why(whys.get(one.code), one.why, reader)}) for one in conditions]


def told_line(taken: Taken, reader: Reader) -> str:
    """Return the sentence about an amount that a rule takes off a cost line."""
    return told_why(taken.said, taken.why, reader)


def told_why(said: Why | None, dutch: str, reader: Reader) -> str:
    """Return a sentence in the reader's language; in Dutch if an earlier release stored the sentence without values."""
    return reader.told("why", said.name, dutch, said.named).sentence if said else dutch


def told_reasons(reasons: Sequence[str], reader: Reader) -> list[str]:
    """Return the reasons of a decision in words; a code that this release does not know becomes `OTHER`."""
    return [reader.told("reasons", code, REASONS.get(code, OTHER)).sentence for code in reasons]

"""Computes what the city pays for each cost line, and names the rule of the scheme for each amount that is taken off.

Invariant: a line's `payable_cents` is the requested amount minus the amounts in `taken`, and never negative.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_funding.domain.scheme import MOST_CENTS, Ceiling, Measure, Numbers, OwnShare, Scheme
from buurtsein_funding.domain.why import Why


class CostLine(BaseModel):
    """One cost for which support is requested; the amount is an integer in euro cents and includes VAT."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    kind: str
    description: str
    cents: int = Field(strict=True, ge=1, le=MOST_CENTS)


class Rule(StrEnum):
    """The kind of rule by which an amount is taken off a cost line."""

    REVIEWED = "reviewed"
    VAT = "vat"
    OWN_SHARE = "own_share"
    CEILING = "ceiling"


class Taken(BaseModel):
    """An amount in euro cents that a rule takes off a cost line, and why, in Dutch."""

    rule: Rule
    cents: int
    why: str
    said: Why | None = None
    """The same sentence with its values; None in an application that an earlier release stored."""

    @classmethod
    def by(cls, rule: Rule, cents: int, why: Why) -> Self:
        """Make a `Taken` from a rule, an amount in euro cents, and the sentence that explains the amount."""
        return cls(rule=rule, cents=cents, why=why.dutch, said=why)


class ReckonedLine(BaseModel):
    """What the city pays of one cost line: what was asked, what each rule takes off, and the rest."""

    asked_cents: int
    taken: list[Taken]
    payable_cents: int


class Reckoning(BaseModel):
    """The amount that the city pays for each line of an application, computed by one version of a scheme."""

    scheme: str
    lines: list[ReckonedLine]

    @property
    def payable_cents(self) -> int:
        """Return what the city pays of all lines together, in euro cents."""
        return sum(line.payable_cents for line in self.lines)

    def is_of(self, lines: Sequence[CostLine]) -> bool:
        """Return whether this was computed for lines with these amounts."""
        return [line.asked_cents for line in self.lines] == [line.cents for line in lines]


type Left = tuple[CostLine, int]
"""A cost line, and the amount in euro cents that is left of it."""
type Deduct = Callable[[Sequence[Left]], Iterator[Taken | None]]
"""A function that yields for each line the amount that a rule takes off, or None."""


def reckon(
    scheme: Scheme, lines: Sequence[CostLine], numbers: Numbers, accepted: Mapping[int, int] | None = None
) -> Reckoning:
    """Compute what the city pays for each line.

    `accepted` maps the index of a line to the amount that finance accepts, when that is less than was asked. The rules
    are applied in this order: what finance does not accept, VAT, own share, and each ceiling of the scheme.
    """
    left = [line.cents for line in lines]
    taken: list[list[Taken]] = [[] for _ in lines]
    for rule in _rules(scheme, numbers, accepted or {}):
        for index, one in enumerate(list(rule(list(zip(lines, left, strict=True))))):
            if one and one.cents:
                left[index] -= one.cents
                taken[index].append(one)
    made = zip(lines, taken, left, strict=True)
    return Reckoning(
        scheme=scheme.name,
        lines=[ReckonedLine(asked_cents=line.cents, taken=t, payable_cents=rest) for line, t, rest in made],
    )


def _rules(scheme: Scheme, numbers: Numbers, accepted: Mapping[int, int]) -> Iterator[Deduct]:
    yield _reviewed(accepted)
    if not scheme.pays_vat:
        yield _vat(scheme)
    if scheme.own_share:
        yield _own_share(scheme.own_share, numbers)
    yield from (_ceiling(ceiling, numbers) for ceiling in scheme.ceilings)


def _reviewed(accepted: Mapping[int, int]) -> Deduct:
    def deduct(left: Sequence[Left]) -> Iterator[Taken | None]:
        for index, (_, cents) in enumerate(left):
            kept = accepted.get(index, cents)
            yield Taken.by(Rule.REVIEWED, max(cents - kept, 0), Why(name="reviewed", cents={"amount": kept}))

    return deduct


def _vat(scheme: Scheme) -> Deduct:
    def deduct(left: Sequence[Left]) -> Iterator[Taken | None]:
        for line, cents in left:
            percent = scheme.kind_by_code[line.kind].vat_percent
            without = _divided(cents * 100, 100 + percent)
            yield Taken.by(Rule.VAT, cents - without, Why(name="vat", values={"percent": percent}))

    return deduct


def _own_share(share: OwnShare, numbers: Numbers) -> Deduct:
    def of_each(left: Sequence[Left]) -> Iterator[Taken | None]:
        percent = share.percent or 0
        for _, cents in left:
            why = Why(name="share_percent", values={"percent": percent})
            yield Taken.by(Rule.OWN_SHARE, _divided(cents * percent, 100), why)

    def of_all(left: Sequence[Left]) -> Iterator[Taken | None]:
        rest = (share.cents or 0) * numbers.of(share.per)
        for _, cents in left:
            here = min(cents, rest)
            rest -= here
            yield Taken.by(Rule.OWN_SHARE, here, _counted("share", share.cents or 0, share.per, numbers))

    return of_each if share.percent else of_all


def _ceiling(ceiling: Ceiling, numbers: Numbers) -> Deduct:
    def deduct(left: Sequence[Left]) -> Iterator[Taken | None]:
        rest = ceiling.cents * numbers.of(ceiling.per)
        for line, cents in left:
            if ceiling.kinds and line.kind not in ceiling.kinds:
                yield None
                continue
            here = min(cents, rest)
            rest -= here
            yield Taken.by(Rule.CEILING, cents - here, _counted("ceiling", ceiling.cents, ceiling.per, numbers))

    return deduct


def _counted(rule: str, cents: int, measure: Measure, numbers: Numbers) -> Why:
    """Return the sentence about an amount for each network, member or message, with the number of these."""
    values: dict[str, int | str] = {} if measure is Measure.NETWORK else {"number": numbers.of(measure)}
    if measure is not Measure.MEMBER or not numbers.source:
        return Why(name=f"{rule}_{measure}", cents={"amount": cents}, values=values)
    stated = "-" if numbers.members is None else numbers.members
    return Why(name=f"{rule}_{numbers.source}", cents={"amount": cents}, values=values | {"stated": stated})


def _divided(number: int, by: int) -> int:
    """Return a quotient, rounded to the nearest whole number; a half is rounded up."""
    return (2 * number + by) // (2 * by)

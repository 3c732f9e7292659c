"""Defines the city's funding schemes: which costs are paid, up to how much, in which period, and on which form.

Invariant: on each day at most one scheme is valid, so that an application does not have to name one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from buurtsein_funding.domain.questions import Answer, Question, Words
from buurtsein_funding.domain.refusals import because
from buurtsein_kernel.problems import DomainError

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
CostCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Later = Annotated[int, Field(ge=0, le=1)]
MOST_CENTS = 1_000_000_000
"""The highest amount of one line or ceiling, in euro cents."""
Cents = Annotated[int, Field(ge=1, le=MOST_CENTS)]


class Measure(StrEnum):
    """What an amount of a scheme is multiplied by: one network, the network's members, or its messages."""

    NETWORK = "network"
    MEMBER = "member"
    MESSAGE = "message"


class Proof(StrEnum):
    """What the city wants to see for a kind of cost."""

    NONE = "none"
    STATEMENT = "statement"
    INVOICE = "invoice"


class ProofDue(StrEnum):
    """When the city wants to see the proofs: with the request for support, or after the payment."""

    REQUEST = "request"
    SETTLEMENT = "settlement"


class Part(BaseModel):
    """The base class of the parts of a scheme: frozen, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Numbers(Part):
    """The numbers of members and of messages that the coordinator states; None when the form does not ask them."""

    members: int | None = Field(default=None, ge=0, le=100_000)
    messages: int | None = Field(default=None, ge=0, le=10_000_000)
    registered: int | None = None
    """How many members the registry knew at the last submission; None before, or when nothing is known."""
    accepted: int | None = None
    """How many members finance accepts; None when finance did not look at it."""

    @property
    def counted_members(self) -> int:
        """Return the number of members that counts: that of finance, else of the registry, else the stated one."""
        return next((one for one in (self.accepted, self.registered, self.members) if one is not None), 0)

    @property
    def source(self) -> str | None:
        """Return the source of `counted_members`: `accepted`, `registered`, or None for the coordinator's number."""
        if self.counted_members == self.members:
            return None
        return "registered" if self.accepted is None else "accepted"

    def of(self, measure: Measure) -> int:
        """Return the number by which an amount is multiplied."""
        return {
            Measure.NETWORK: 1,
            Measure.MEMBER: self.counted_members,
            Measure.MESSAGE: self.messages or 0,
        }[measure]


class CostKind(Part):
    """A kind of cost that the city supports; amounts on the form include VAT at this rate."""

    code: CostCode
    name: Words
    vat_percent: int = Field(default=21, ge=0, le=100)
    proof: Proof = Proof.INVOICE


class Ceiling(Part):
    """The most that the city pays in a year, for each network, member or message; `kinds` empty means all costs."""

    per: Measure = Measure.NETWORK
    cents: Cents
    kinds: tuple[CostCode, ...] = ()


class OwnShare(Part):
    """What the network pays itself: a percentage of each cost, or an amount for each network, member or message."""

    percent: int | None = Field(default=None, ge=1, le=99)
    per: Measure = Measure.NETWORK
    cents: Cents | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.percent is None) == (self.cents is None):
            raise ValueError("own_share has either percent or cents")
        return self


class Scheme(Part):
    """One version of the city's rules for funding: costs, ceilings, own share, budget, application period and form."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$", description="the same in all versions of a scheme")
    valid_from: date
    valid_to: date | None = Field(default=None, description="last day")
    form_version: str = Field(min_length=1, max_length=20)
    kinds: tuple[CostKind, ...] = Field(min_length=1, max_length=20)
    proof_due: ProofDue = Field(default=ProofDue.REQUEST, description="when the proofs of the costs are wanted")
    pays_vat: bool = Field(default=True, description="whether the city pays the VAT in the costs")
    ceilings: tuple[Ceiling, ...] = Field(default=(), max_length=20)
    own_share: OwnShare | None = None
    budget_cents: int | None = Field(default=None, ge=0, description="euro cents for a year; none: no limit")
    questions: tuple[Question, ...] = Field(default=(), max_length=20)
    window_from: MonthDay = Field(default="01-01", description="first day on which support is asked")
    window_from_year: Later = Field(default=0, description="0: in the year of the costs, 1: in the year after")
    window_to: MonthDay = Field(default="12-31", description="last day on which support is asked")
    window_to_year: Later = Field(default=0, description="0: in the year of the costs, 1: in the year after")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"{self.name}: valid_to is before valid_from")
        if (self.window_to_year, self.window_to) < (self.window_from_year, self.window_from):
            raise ValueError(f"{self.name}: window_to is before window_from")
        return self

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        for codes in ([kind.code for kind in self.kinds], [one.code for one in self.questions]):
            if len(codes) != len(set(codes)):
                raise ValueError(f"{self.name}: two kinds or questions have the same code")
        if unknown := {code for one in self.ceilings for code in one.kinds} - self.kind_by_code.keys():
            raise ValueError(f"{self.name}: a ceiling names kinds that are not there: {', '.join(sorted(unknown))}")
        return self

    @property
    def name(self) -> str:
        """Return the id and version of the scheme, such as `aalst-communicatiekosten@2026-01-01`."""
        return f"{self.id}@{self.valid_from}"

    @property
    def kind_by_code(self) -> dict[str, CostKind]:
        """Return the kinds of cost by their codes."""
        return {kind.code: kind for kind in self.kinds}

    @property
    def measures(self) -> set[Measure]:
        """Return the measures by which the amounts of this scheme are multiplied."""
        shared = {self.own_share.per} if self.own_share and self.own_share.cents else set()
        return shared | {ceiling.per for ceiling in self.ceilings}

    def window(self, year: int) -> tuple[str, str]:
        """Return the first and last day (ISO 8601) on which support for the costs of a year can be asked."""
        first = f"{year + self.window_from_year}-{self.window_from}"
        return first, f"{year + self.window_to_year}-{self.window_to}"

    def is_valid_on(self, day: date) -> bool:
        """Return whether the scheme is in force on a day."""
        return self.valid_from <= day <= (self.valid_to or date.max)

    def require_open(self, year: int, day: date) -> None:
        """Check that support for the costs of a year can be asked on a day; raise DomainError `outside_window`."""
        first, last = self.window(year)
        if not first <= day.isoformat() <= last:
            detail = f"Steun voor {year} vraagt u aan van {_in_dutch(first)} tot en met {_in_dutch(last)}."
            days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
            raise DomainError("outside_window", detail, values={"year": year, **days})

    def require_form(self, form_version: str) -> None:
        """Check that an application uses the scheme's version of the form; raise DomainError `form_version_unknown`."""
        if form_version != self.form_version:
            detail = f"Gebruik versie {self.form_version} van het formulier."
            raise DomainError("form_version_unknown", detail, values={"form": self.form_version})

    def require_kinds(self, kinds: Iterable[str]) -> None:
        """Check that the city supports these kinds of cost; raise DomainError `cost_kind_unknown`."""
        if not set(kinds) <= self.kind_by_code.keys():
            detail = f"De stad steunt alleen deze kosten: {', '.join(kind.name.nl for kind in self.kinds)}."
            values = {"kinds": [kind.name.in_languages for kind in self.kinds]}
            raise DomainError("cost_kind_unknown", detail, values=values)

    def require_numbers(self, numbers: Numbers) -> None:
        """Check that the form has the numbers by which this scheme multiplies; raise DomainError `number_missing`."""
        if Measure.MEMBER in self.measures and numbers.members is None:
            raise because("number_missing", "Geef het aantal leden van het netwerk.", "members")
        if Measure.MESSAGE in self.measures and numbers.messages is None:
            raise because("number_missing", "Geef het aantal berichten van het netwerk.", "messages")

    def require_proof(self, kinds: Sequence[str], proved: Collection[int | None]) -> None:
        """Check that each cost has the proof that the city wants with the request; raise DomainError `proof_missing`.

        `kinds` has the kind of each cost line. `proved` has the numbers, from 1, of the lines with evidence; None among
        them stands for evidence of the whole application.
        """
        if self.proof_due is not ProofDue.REQUEST or None in proved:
            return
        wanted = {number for number, kind in enumerate(kinds, 1) if self.kind_by_code[kind].proof is not Proof.NONE}
        if without := sorted(wanted.difference(proved)):
            named = ", ".join(map(str, without))
            detail = f"Voeg eerst een bewijsstuk toe voor kost {named}. Dat kan zolang de aanvraag een concept is."
            raise DomainError("proof_missing", detail, members={"lines": without}, values={"lines": named})

    def require_answers(self, answers: Mapping[str, Answer]) -> None:
        """Check the answers to the questions of the form; raise DomainError `answer_invalid`."""
        if answers.keys() - {question.code for question in self.questions}:
            detail = "Er is een antwoord op een vraag die niet op het formulier staat."
            raise because("answer_invalid", detail, "no_question")
        for question in self.questions:
            question.check(answers.get(question.code))


class Schemes(BaseModel):
    """All schemes of a city, which are read from a TOML file with `[[scheme]]` tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: tuple[Scheme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        for earlier, later in pairwise(sorted(self.scheme, key=lambda scheme: scheme.valid_from)):
            if later.valid_from <= (earlier.valid_to or date.max):
                raise ValueError(f"{earlier.name} and {later.name} are valid on the same day")
        return self

    def find(self, year: int, day: date) -> Scheme | None:
        """Return the scheme for the costs of a year when support is asked on a day; None when no scheme is in force.

        The scheme that is in force on that day counts; for a day before (after) the year, the scheme that is in force
        on the first (last) day of the year.
        """
        in_year = min(max(day, date(year, 1, 1)), date(year, 12, 31))
        return next((scheme for scheme in self.scheme if scheme.is_valid_on(in_year)), None)

    def valid(self, year: int, day: date) -> Scheme:
        """Return the scheme for the costs of a year when support is asked on a day; raise `scheme_unknown` for none."""
        found = self.find(year, day)
        if found is None:
            detail = f"Er is nu geen reglement voor steun in {year}."
            raise because("scheme_unknown", detail, "no_scheme", year=year)
        return found

    def budget(self, scheme_id: str, year: int) -> int | None:
        """Return the budget of a scheme for a year in euro cents; None for no limit."""
        return self.budgets(year).get(scheme_id)

    def budgets(self, year: int) -> dict[str, int | None]:
        """Return the budget of each scheme for a year, by the id of the scheme.

        Of several versions of a scheme in the year, the newest counts. Amounts are in euro cents; None means no limit.
        """
        begun = sorted((one for one in self.scheme if one.valid_from.year <= year), key=lambda one: one.valid_from)
        return {one.id: one.budget_cents for one in begun if one.valid_to is None or one.valid_to.year >= year}

    def named(self, name: str) -> Scheme:
        """Return the scheme with this id and version; raise DomainError `scheme_unknown` if there is none."""
        found = next((scheme for scheme in self.scheme if scheme.name == name), None)
        if found is None:
            raise because("scheme_unknown", "Het reglement van deze aanvraag bestaat niet meer.", "scheme_gone")
        return found


def _in_dutch(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"

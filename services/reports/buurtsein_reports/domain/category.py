"""Defines the table of categories: who handles each, how severe it is, what is asked, and the texts for reporters.

Invariant: the codes in a table are unique, and each category belongs to a group of the same table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_kernel.days import working_days_after
from buurtsein_kernel.problems import DomainError, missing
from buurtsein_kernel.text import Plain
from buurtsein_reports.domain.codes import CategoryCode, Code
from buurtsein_reports.domain.in_languages import InLanguages, Names
from buurtsein_reports.domain.questions import Question, unique

UNKNOWN = "onbekend"
type Sentence = Annotated[str, Field(min_length=1, max_length=600), Plain]


def for_all(keys: Iterable[str]) -> AfterValidator:
    """Return a pydantic validator that requires the table to have an entry for each of these keys."""

    def complete(table: Mapping[Any, Any]) -> Mapping[Any, Any]:
        if lacking := set(keys) - set(table):
            raise ValueError(f"no entry for {', '.join(sorted(lacking))}")
        return table

    return AfterValidator(complete)


class Complaint(StrEnum):
    """The way in which a victim makes a formal complaint with the police."""

    ONLINE = "online"
    BICYCLE = "bicycle"
    """A complaint online for a bicycle or moped, and at a police station for all else."""
    OFFICE = "office"

    @property
    def is_online(self) -> bool:
        """Return whether the website Police-on-Web accepts this kind of complaint in all or some cases."""
        return self is not Complaint.OFFICE


class ServiceLevel(BaseModel):
    """The term for closing a report: a number of working days in Belgium, or of calendar days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = Field(ge=0, le=365)
    working: bool = True

    def due(self, day: date) -> date:
        """Return the last day of the term for a report that was submitted on a given day."""
        return working_days_after(day, self.days) if self.working else day + timedelta(self.days)


class CategoryTexts(BaseModel):
    """The texts about one category, for reporters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Sentence
    next_step: Sentence
    advice: list[Sentence] = Field(min_length=1, max_length=10)


class TextsInLanguages(InLanguages[CategoryTexts]):
    """The texts about one category, in all languages."""


class CategoryGroup(BaseModel):
    """A group of categories, under which a form shows them together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    names: Names


class CategoryData(BaseModel):
    """What the service knows of one category: who handles it, how severe it is, and whether a complaint is possible."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: CategoryCode
    counts_as: Category
    """The category of the contract that events and alert rules use for this category."""
    parent: Code
    """The group to which it belongs."""
    route_to: list[Route] = Field(min_length=1, max_length=2)
    severity: Severity
    complaint: Complaint | None = None
    """How to make a formal complaint; None when the category is not an offence."""
    police_first: bool = False
    """True when a person who sees it happen must call 101 first, and report afterwards."""
    trader: bool = False
    """True when a report goes to a network of traders before one of residents."""
    within: ServiceLevel
    questions: Annotated[list[Question], unique(lambda one: one.code)] = Field(default=[], max_length=10)
    texts: TextsInLanguages

    def due(self, day: date) -> date:
        """Return the last day on which a report of this category, submitted on a given day, should be closed."""
        return self.within.due(day)

    def in_order(self, routes: Sequence[Route]) -> list[Route]:
        """Return these handlers without repeats: first those of the category, in its order, then the others."""
        return [one for one in dict.fromkeys([*self.route_to, *routes]) if one in routes]

    @property
    def is_offered(self) -> bool:
        """Return whether the city handles the category, alone or with the police, so that Open311 offers it."""
        return Route.CITY in self.route_to


class CategoryDocument(BaseModel):
    """The categories of reports and their groups, as two people put them into force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: Annotated[list[CategoryGroup], unique(lambda one: one.code)] = Field(min_length=1, max_length=30)
    categories: Annotated[list[CategoryData], unique(lambda one: one.category)] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _groups_and_contract_fit(self) -> Self:
        if any(one.category in set(Category) and one.counts_as != one.category for one in self.categories):
            raise PydanticCustomError("counts_as_unfit", "Een soort melding van het contract telt als zichzelf.")
        if not {one.parent for one in self.categories} <= {group.code for group in self.groups}:
            raise PydanticCustomError("parent_unknown", "Een soort melding hoort bij een groep die hier niet staat.")
        return self


class CategoryTable(CategoryDocument):
    """One edition of the categories; edition 0 is the one that the package ships."""

    edition: int = 0

    @cached_property
    def _by_name(self) -> Mapping[str, CategoryData]:
        return {code_in(one.category): one for one in self.categories}

    def find(self, category: str) -> CategoryData | None:
        """Return the data of a category by its name in any letter case; None when there is no such category."""
        return self._by_name.get(code_in(category))

    def name(self, category: str) -> str:
        """Return the name of a category as the table spells it; `onbekend` when there is no such category."""
        data = self.find(category)
        return data.category if data else UNKNOWN

    def require(self, category: str) -> CategoryData:
        """Return the data of a category by its name in any letter case; raise DomainError `category_unknown`."""
        data = self.find(category)
        if data is None:
            raise DomainError("category_unknown", "Kies een soort melding uit de lijst.")
        return data

    @property
    def offered(self) -> list[CategoryData]:
        """Return the categories that Open311 offers, in the order of the table."""
        return [one for one in self.categories if one.is_offered]


def code_in(typed: str) -> str:
    """Return a category that somebody typed in lower case, and with single spaces."""
    return " ".join(typed.casefold().split())


def leaves_police(before: CategoryDocument, after: CategoryDocument) -> bool:
    """Return whether a change takes a category away from the police, or changes when people must call 101 first."""
    kept = {one.category: one for one in after.categories}
    return any(_is_loosened(old, kept.get(old.category)) for old in before.categories)


def _is_loosened(old: CategoryData, new: CategoryData | None) -> bool:
    police_lose = Route.POLICE in old.route_to and (new is None or Route.POLICE not in new.route_to)
    fewer_calls = old.police_first and (new is None or not new.police_first)
    return police_lose or fewer_calls


def service_unknown() -> DomainError:
    """Return the error for a kind of report that does not exist, or that only the police handle."""
    return missing("service_unknown", "Deze service_code is hier niet bekend.")

"""The category table as data: who handles a category, how severe it is, how a victim lodges a complaint.

Invariant: every category of the contract has exactly one entry.
"""

import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_kernel.problems import DomainError

UNKNOWN = "onbekend"


def for_all(keys: Iterable[str]) -> AfterValidator:
    """Annotates a table that must have an entry for each of these keys."""

    def complete(table: Mapping[Any, Any]) -> Mapping[Any, Any]:
        if lacking := set(keys) - set(table):
            raise ValueError(f"no entry for {', '.join(sorted(lacking))}")
        return table

    return AfterValidator(complete)


class Complaint(StrEnum):
    """How a victim lodges a formal complaint with the police."""

    ONLINE = "online"
    BICYCLE = "bicycle"
    """Online for a bicycle or a moped, at the station for anything else."""
    OFFICE = "office"

    @property
    def is_online(self) -> bool:
        """Whether Police-on-Web takes it, at least sometimes."""
        return self is not Complaint.OFFICE


class CategoryFacts(BaseModel):
    """One row of the table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Category
    route_to: list[Route] = Field(min_length=1, max_length=2)
    severity: Severity
    complaint: Complaint | None = None
    """Absent for what is no offence."""
    police_first: bool = False
    """Whoever sees it happen calls 101 and reports afterwards."""
    trader: bool = False
    """A network of traders comes before one of residents."""


class CategoryTable(BaseModel):
    """All categories."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: Annotated[dict[str, CategoryFacts], for_all(Category)]

    @classmethod
    def shipped(cls) -> Self:
        """The table in `categories.toml` of this package."""
        table = tomllib.loads((files("buurtsein_reports") / "categories.toml").read_text(encoding="utf-8"))
        rows = {name: {"category": name} | facts for name, facts in table["categories"].items()}
        return cls.model_validate(table | {"categories": rows})

    def find(self, category: str) -> CategoryFacts | None:
        """The row of a category, in any letter case; None when there is none."""
        return self.categories.get(" ".join(category.casefold().split()))

    def name(self, category: str) -> str:
        """The name of a category, in any letter case; `onbekend` when there is none."""
        facts = self.find(category)
        return facts.category if facts else UNKNOWN

    def facts(self, category: str) -> CategoryFacts:
        """The row of a category, in any letter case; DomainError `category_unknown`."""
        facts = self.find(category)
        if facts is None:
            raise DomainError("category_unknown", "Kies een soort melding uit de lijst.")
        return facts

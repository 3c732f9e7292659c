"""Reads `categories.toml`: who handles each category, how severe it is, and how to make a formal complaint.

Invariant: each category of the contract has exactly one entry.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_kernel.days import working_days_after
from buurtsein_kernel.problems import DomainError

UNKNOWN = "onbekend"


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


class CategoryData(BaseModel):
    """What the service knows of one category: who handles it, how severe it is, and whether a complaint is possible."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Category
    route_to: list[Route] = Field(min_length=1, max_length=2)
    severity: Severity
    complaint: Complaint | None = None
    """How to make a formal complaint; None when the category is not an offence."""
    police_first: bool = False
    """True when a person who sees it happen must call 101 first, and report afterwards."""
    trader: bool = False
    """True when a report goes to a network of traders before one of residents."""
    within: ServiceLevel

    def due(self, day: date) -> date:
        """Return the last day on which a report of this category, submitted on a given day, should be closed."""
        return self.within.due(day)


class CategoryTable(BaseModel):
    """The table of all categories of reports, read from `categories.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: Annotated[dict[str, CategoryData], for_all(Category)]

    @classmethod
    def shipped(cls) -> Self:
        """Return the table in the file `categories.toml` of this package."""
        table = tomllib.loads((files("buurtsein_reports") / "categories.toml").read_text(encoding="utf-8"))
        rows = {name: {"category": name} | data for name, data in table["categories"].items()}
        return cls.model_validate(table | {"categories": rows})

    def find(self, category: str) -> CategoryData | None:
        """Return the data of a category by its name in any letter case; None when there is no such category."""
        return self.categories.get(" ".join(category.casefold().split()))

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

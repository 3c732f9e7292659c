"""The category table as data: who handles a category, how severe it is, what its reporter is told.

Invariant: every category of the contract has exactly one entry.
"""

import re
import tomllib
import unicodedata
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_contracts.problems import DomainError


class CategoryFacts(BaseModel):
    """One row of the table; texts in Dutch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Category
    route_to: list[Route] = Field(min_length=1, max_length=2)
    severity: Severity
    offence: bool = False
    """The victim can lodge a formal complaint with the police."""
    police_first: bool = False
    """Whoever sees it happen calls 101 and reports afterwards."""
    trader: bool = False
    """A network of traders comes before one of residents."""
    advice: list[str] = Field(min_length=1)
    next_step: str


class Catalogue(BaseModel):
    """All categories, and the phrases that betray an emergency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emergency_phrases: list[str] = Field(min_length=1)
    categories: dict[str, CategoryFacts]

    @classmethod
    def shipped(cls) -> Self:
        """The table in `categories.toml` of this package."""
        table = tomllib.loads((files("buurtsein_reports") / "categories.toml").read_text(encoding="utf-8"))
        rows = {name: {"category": name} | facts for name, facts in table["categories"].items()}
        return cls.model_validate(table | {"categories": rows})

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if lacking := set(Category) - {facts.category for facts in self.categories.values()}:
            raise ValueError(f"no entry for {', '.join(sorted(lacking))}")
        return self

    def facts(self, category: str) -> CategoryFacts:
        """The row of a category, in any letter case; DomainError `category_unknown`."""
        facts = self.categories.get(" ".join(category.casefold().split()))
        if facts is None:
            raise DomainError("category_unknown", "Kies een soort melding uit de lijst.")
        return facts

    def is_emergency(self, text: str) -> bool:
        """Whether a text says that something is going on now."""
        words = f" {_words(text)} "
        return any(f" {_words(phrase)} " in words for phrase in self.emergency_phrases)


def _words(text: str) -> str:
    """Lower case words with one space between them, without punctuation."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()

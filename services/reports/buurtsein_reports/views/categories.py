"""Shows the categories of reports, with their texts for reporters."""

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.category import Complaint, ServiceLevel
from buurtsein_reports.handlers import Dependencies


class CategoryView(BaseModel):
    """A category with its data, and its texts for reporters."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    route_to: list[Route] = Field(min_length=1, max_length=2)
    severity: Severity
    complaint: Complaint | None = None
    """How to make a formal complaint; absent when the category is not an offence."""
    police_first: bool = False
    """True when a person who sees it happen must call 101 first, and report afterwards."""
    trader: bool = False
    """True when a report goes to a network of traders before one of residents."""
    within: ServiceLevel
    """Within how many days a report should be closed."""
    name: str
    next_step: str
    advice: list[str]


class Categories(BaseModel):
    """All categories of reports, with their texts for reporters."""

    items: list[CategoryView]


def categories(given: Dependencies, language: Language) -> Categories:
    """Return all categories in the order of the table, with texts in this language."""
    texts = given.texts.in_language(language).categories
    rows = given.categories.categories.values()
    return Categories(items=[CategoryView(**data.model_dump(), **texts[data.category].model_dump()) for data in rows])

"""Shows the categories of reports that are in force on a day, with their questions and texts for reporters."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.category import CategoryData, Complaint, ServiceLevel
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.questions import AnswerKind, Question
from buurtsein_reports.store.editions import categories_on


class ChoiceView(BaseModel):
    """One possible answer to a question, in one language."""

    code: str
    name: str


class QuestionView(BaseModel):
    """A question that belongs to a category, in one language."""

    code: str
    kind: AnswerKind
    asked: str
    required: bool
    choices: list[ChoiceView]

    @classmethod
    def of(cls, question: Question, language: Language) -> Self:
        """Return a question with its choices in one language."""
        return cls(
            code=question.code,
            kind=question.kind,
            asked=question.asked.in_language(language),
            required=question.required,
            choices=[ChoiceView(code=one.code, name=one.names.in_language(language)) for one in question.choices],
        )


class CategoryView(BaseModel):
    """A category with its data, its questions, and its texts for reporters."""

    model_config = ConfigDict(extra="forbid")

    category: CategoryCode
    counts_as: Category
    """The category that events name for reports of this one."""
    parent: str
    """The code of the group under which it is shown."""
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
    questions: list[QuestionView]
    name: str
    next_step: str
    advice: list[str]

    @classmethod
    def of(cls, data: CategoryData, language: Language) -> Self:
        """Return a category with its texts in one language."""
        texts = data.texts.in_language(language).model_dump()
        asked = [QuestionView.of(one, language) for one in data.questions]
        return cls(**data.model_dump(exclude={"texts", "questions"}), **texts, questions=asked)


class GroupView(BaseModel):
    """A group of categories, in one language."""

    code: str
    name: str


class Categories(BaseModel):
    """All categories of reports that are in force on a day, and the number of their edition."""

    edition: int
    groups: list[GroupView]
    items: list[CategoryView]


async def categories(connection: Connection, day: date, language: Language) -> Categories:
    """Return the categories that are in force on a day, in the order of the table, with texts in this language."""
    table = await categories_on(connection, day)
    return Categories(
        edition=table.edition,
        groups=[GroupView(code=one.code, name=one.names.in_language(language)) for one in table.groups],
        items=[CategoryView.of(one, language) for one in table.categories],
    )

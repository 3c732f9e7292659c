"""Defines the questions that belong to a category, and checks the answers of a reporter."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_kernel.problems import DomainError
from buurtsein_kernel.text import AnyText
from buurtsein_reports.domain.codes import Code
from buurtsein_reports.domain.in_languages import Names

MOST_CHARACTERS = 500
LARGEST = 1_000_000_000
type Answer = StrictBool | StrictInt | StrictFloat | Annotated[str, Field(max_length=MOST_CHARACTERS), AnyText]
"""An answer as it is sent and stored; a choice is answered with its code."""


def unique(code_of: Callable[[Any], str]) -> AfterValidator:
    """Return a pydantic validator that refuses a list in which two items have the same code."""

    def checked[Item](items: list[Item]) -> list[Item]:
        if len({code_of(one) for one in items}) < len(items):
            raise PydanticCustomError("repeated_code", "Een code komt hier twee keer voor.")
        return items

    return AfterValidator(checked)


class AnswerKind(StrEnum):
    """The kind of answer that a question asks for."""

    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"


class Choice(BaseModel):
    """One possible answer to a question with choices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    names: Names


class Question(BaseModel):
    """A question to the reporter that belongs to a category."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    kind: AnswerKind
    asked: Names
    """The question itself."""
    required: bool = False
    choices: Annotated[list[Choice], unique(lambda one: one.code)] = Field(default=[], max_length=30)

    @model_validator(mode="after")
    def _choices_fit(self) -> Self:
        if (self.kind is AnswerKind.CHOICE) != bool(self.choices):
            raise PydanticCustomError("choices_unfit", "Geef keuzes alleen, en altijd, bij een vraag met keuzes.")
        return self

    def read(self, answer: Answer) -> Answer:
        """Return an answer in the form in which it is stored; raise DomainError `answer_unfit`.

        A form can send only texts: `yes`, `no` and digits are read as what they mean.
        """
        match self.kind, answer:
            case (AnswerKind.YES_NO, bool()) | (AnswerKind.TEXT, str()):
                return answer
            case AnswerKind.YES_NO, "yes" | "no":
                return answer == "yes"
            case AnswerKind.NUMBER, int() | float() if not isinstance(answer, bool) and abs(answer) <= LARGEST:
                return answer
            case AnswerKind.NUMBER, str() if answer.isascii() and answer.isdigit() and len(answer) <= 9:  # noqa: PLR2004
                return int(answer)
            case AnswerKind.CHOICE, str() if answer in {one.code for one in self.choices}:
                return answer
        raise self._refusal("answer_unfit", "Dit antwoord past niet bij de vraag.")

    def require(self, answers: Mapping[str, Answer]) -> None:
        """Raise DomainError `answer_missing` when the question must be answered and is not."""
        if self.required and answers.get(self.code) in {None, ""}:
            raise self._refusal("answer_missing", "Beantwoord ook de vragen die bij deze melding horen.")

    def _refusal(self, code: str, detail: str) -> DomainError:
        return DomainError(code, detail, members={"question": self.code})


def checked(questions: Sequence[Question], answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers to the questions of a category, in the form in which they are stored.

    Raises:
        DomainError: `question_unknown` for an answer to another question, `answer_missing`, `answer_unfit`.
    """
    known = {one.code: one for one in questions}
    if not answers.keys() <= known.keys():
        raise DomainError("question_unknown", "Deze soort melding heeft niet al deze vragen.")
    for question in questions:
        question.require(answers)
    return {code: known[code].read(answer) for code, answer in answers.items()}

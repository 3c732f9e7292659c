"""Defines the questions that a city adds to its form for support, and checks the answers."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from buurtsein_funding.domain.refusals import because
from buurtsein_kernel.problems import InLanguages

Sentence = Annotated[str, Field(min_length=1, max_length=300)]
type Answer = StrictBool | StrictInt | str
"""An answer: yes or no, a whole number, or a text."""


class Words(BaseModel):
    """A text in Dutch, and in each other language into which the city translated it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: Sentence
    fr: Sentence | None = None
    de: Sentence | None = None
    en: Sentence | None = None

    def told(self, language: str) -> str:
        """Return the text in a language (`nl`, `fr`, `de` or `en`), or in Dutch when there is none."""
        return getattr(self, language, None) or self.nl

    @property
    def in_languages(self) -> InLanguages:
        """Return the text in all its languages, as a value for the sentence of an error."""
        return InLanguages(self.model_dump(exclude_none=True))


class AnswerType(StrEnum):
    """The type of the answer to a question: yes or no, a number, a text, or one of the choices."""

    YES_NO = "yes_no"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"


class Question(BaseModel):
    """A question on the form for support, with the type of its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    text: Words
    type: AnswerType
    choices: tuple[Sentence, ...] = ()
    required: bool = True

    @model_validator(mode="after")
    def _choices_where_needed(self) -> Self:
        if bool(self.choices) != (self.type is AnswerType.CHOICE):
            raise ValueError(f"question {self.code}: a question with the type choice has choices, and no other has")
        return self

    def check(self, answer: Answer | None) -> None:
        """Check an answer, or None for no answer; raise DomainError `answer_invalid`, which names the question."""
        if answer is None and not self.required:
            return
        if answer is None or not self._fits(answer):
            detail = f"Beantwoord deze vraag: {self.text.nl}"
            raise because("answer_invalid", detail, "question", question=self.text.in_languages)

    def _fits(self, answer: Answer) -> bool:
        match self.type:
            case AnswerType.YES_NO:
                return isinstance(answer, bool)
            case AnswerType.NUMBER:
                return isinstance(answer, int) and not isinstance(answer, bool) and answer >= 0
            case AnswerType.CHOICE:
                return answer in self.choices
            case AnswerType.TEXT:
                return isinstance(answer, str) and bool(answer)

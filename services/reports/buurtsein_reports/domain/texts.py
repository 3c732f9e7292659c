"""Reads the texts for reporters, in four languages, from the files in `texts/`.

Invariant: each language has all texts; a service with a missing text does not start.
"""

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_contracts.events.incident import BodyAnswer, Category, ClosingReason, Route
from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.category import CategoryTexts, Complaint, for_all
from buurtsein_reports.domain.states import ReportStatus

type Sentence = Annotated[str, Field(min_length=1)]


class Open311Texts(BaseModel):
    """The texts that only clients of Open311 show."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    happened_at: Sentence
    """The question when it happened."""
    moment: Sentence
    """How a moment is written."""
    yes: Sentence
    no: Sentence
    photo: Sentence
    """The sentence that a photo was not accepted."""
    other_body: Sentence
    """Stands for the name of a body to which a report was forwarded."""


class Texts(BaseModel):
    """All texts for reporters, in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emergency: Sentence
    question: Sentence
    """The question when a text may be about an emergency."""
    if_yes: Sentence
    """What the reporter must do when the answer is yes."""
    reminder: Sentence
    police_first: Sentence
    complaint: Annotated[dict[Complaint, Sentence], for_all(Complaint)]
    categories: Annotated[dict[Category, CategoryTexts], for_all(Category)]
    status: Annotated[dict[ReportStatus, Sentence], for_all(ReportStatus)]
    """A sentence for each status; it can name `{who}`, `{day}` and `{body}`."""
    until: Sentence
    """The sentence that the report should be closed by the day `{day}`."""
    late: Sentence
    """The sentence for a report that should have been closed by the day `{day}`, which is past."""
    reasons: Annotated[dict[ClosingReason, Sentence], for_all(ClosingReason)]
    answers: Annotated[dict[BodyAnswer, Sentence], for_all(BodyAnswer)]
    """A sentence for each answer of another body; it can name `{body}` and `{day}`."""
    parties: Annotated[dict[Route, Sentence], for_all(Route)]
    both_parties: Sentence
    photos: Sentence
    """Advice on what not to photograph, for a reporter who may add photos to the report."""
    open311: Open311Texts
    feedback: Sentence
    """The sentence that the police gave the neighbourhood feedback about an alert to which the report led."""
    exercise: Sentence
    """The words before a sentence about an exercise."""
    problems: dict[str, Sentence] = Field(default_factory=dict)
    """The sentences of refusals, which the chassis reads; the Dutch ones are in the code."""
    fields: dict[str, Sentence] = Field(default_factory=dict)
    """The sentences about wrong fields, which the chassis reads as well."""

    def handled_by(self, route_to: Sequence[str]) -> str:
        """Return who handles a report, as a part of a sentence."""
        return self.parties[Route(route_to[0])] if len(route_to) == 1 else self.both_parties

    def ended(self, *, exercise: bool) -> str:
        """Return the sentence that tells a reporter of the feedback about an alert; an exercise is marked."""
        return f"{self.exercise} {self.feedback}" if exercise else self.feedback

    def answered(self, answer: BodyAnswer, body: str | None, planned_on: date | None) -> str:
        """Return the sentence for reporters about the answer of another body."""
        day = planned_on.strftime("%d/%m/%Y") if planned_on else ""
        sentence = self.answers[answer].format(body=body or self.open311.other_body, day=day)
        return sentence[0].upper() + sentence[1:]

    def term(self, due_on: date, today: date) -> str:
        """Return the sentence for reporters about the day on which a report should be closed."""
        return (self.until if due_on >= today else self.late).format(day=due_on.strftime("%d/%m/%Y"))

    def about(
        self,
        status: str,
        route_to: Sequence[str],
        planned_on: date | None,
        forwarded_to: str | None,
        reason: str | None,
    ) -> str:
        """Return the sentence for reporters about a status of a report, with the closing reason if there is one."""
        who = self.handled_by(route_to)
        day = planned_on.strftime("%d/%m/%Y") if planned_on else ""
        sentence = self.status[ReportStatus(status)].format(who=who, day=day, body=forwarded_to)
        because = self.reasons.get(ClosingReason(reason)) if reason in set(ClosingReason) else None
        return f"{sentence} {because}" if because else sentence


class Catalogue(BaseModel):
    """All texts for reporters, in all languages."""

    model_config = ConfigDict(frozen=True)

    languages: Annotated[dict[Language, Texts], for_all(Language)]

    @classmethod
    def shipped(cls) -> Self:
        """Return the texts in the files in `texts/` of this package."""
        folder = files("buurtsein_reports") / "texts"
        read = {one: tomllib.loads((folder / f"{one}.toml").read_text(encoding="utf-8")) for one in Language}
        return cls.model_validate({"languages": read})

    def in_language(self, language: Language) -> Texts:
        """Return all texts for reporters in one language."""
        return self.languages[language]

    def dutch_first(self, language: Language, *names: str) -> str:
        """Return the texts named by `names` in Dutch, followed by the same texts in the reader's language."""
        languages = dict.fromkeys([Language.NL, language])
        return " / ".join(" ".join(getattr(self.languages[one], name) for name in names) for one in languages)

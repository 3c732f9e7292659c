"""Shows the schemes of the city, so that anybody can read the rules and a page can build the form."""

from datetime import date
from typing import Any

from pydantic import BaseModel

from buurtsein_chassis.languages import Reader
from buurtsein_funding.domain.questions import AnswerType, Question
from buurtsein_funding.domain.scheme import MOST_CENTS, Ceiling, Measure, OwnShare, Proof, ProofDue, Scheme, Schemes

PUBLIC_SECONDS = 300
"""How long caches may keep the schemes."""
_ANSWERS: dict[AnswerType, dict[str, Any]] = {
    AnswerType.YES_NO: {"type": "boolean"},
    AnswerType.NUMBER: {"type": "integer", "minimum": 0},
    AnswerType.TEXT: {"type": "string", "minLength": 1, "maxLength": 500},
    AnswerType.CHOICE: {"type": "string"},
}


class ShownKind(BaseModel):
    """A kind of cost that the city supports, with what the city wants to see as proof."""

    code: str
    name: str
    vat_percent: int
    proof: Proof


class ShownQuestion(BaseModel):
    """A question on the form for support, with the type of its answer."""

    code: str
    text: str
    type: AnswerType
    choices: list[str] = []
    required: bool


class ShownScheme(BaseModel):
    """The city's rules for the costs of one year."""

    year: int
    scheme_id: str
    scheme: str
    """The scheme's id and version."""
    valid_from: date
    valid_to: date | None = None
    form_version: str
    window_from: date
    """The first day on which support for the costs of the year can be asked."""
    window_to: date
    """The last day."""
    is_open: bool
    """Whether support can be asked today."""
    kinds: list[ShownKind]
    proof_due: ProofDue
    """Whether the proofs are wanted with the request, or after the payment."""
    pays_vat: bool
    ceilings: list[Ceiling]
    own_share: OwnShare | None = None
    questions: list[ShownQuestion]
    needs_members: bool
    needs_messages: bool


class ShownSchemes(BaseModel):
    """The rules of last year, this year and next year, newest first; a year without a funding scheme is left out."""

    items: list[ShownScheme]


def schemes(all_schemes: Schemes, today: date, reader: Reader) -> ShownSchemes:
    """Return the rules for the costs of last year, this year and next year; a year without a scheme is left out."""
    found = {year: all_schemes.find(year, today) for year in (today.year + 1, today.year, today.year - 1)}
    return ShownSchemes(items=[_shown(year, one, today, reader.language) for year, one in found.items() if one])


def _shown(year: int, scheme: Scheme, today: date, language: str) -> ShownScheme:
    first, last = scheme.window(year)
    return ShownScheme(
        year=year,
        scheme_id=scheme.id,
        scheme=scheme.name,
        valid_from=scheme.valid_from,
        valid_to=scheme.valid_to,
        form_version=scheme.form_version,
        window_from=date.fromisoformat(first),
        window_to=date.fromisoformat(last),
        is_open=first <= today.isoformat() <= last,
        kinds=[
            ShownKind(code=one.code, name=one.name.told(language), vat_percent=one.vat_percent, proof=one.proof)
            for one in scheme.kinds
        ],
        proof_due=scheme.proof_due,
        pays_vat=scheme.pays_vat,
        ceilings=list(scheme.ceilings),
        own_share=scheme.own_share,
        questions=[_question(one, language) for one in scheme.questions],
        needs_members=Measure.MEMBER in scheme.measures,
        needs_messages=Measure.MESSAGE in scheme.measures,
    )


def _question(question: Question, language: str) -> ShownQuestion:
    return ShownQuestion(
        code=question.code,
        text=question.text.told(language),
        type=question.type,
        choices=list(question.choices),
        required=question.required,
    )


def form_schema(year: int, scheme: Scheme, reader: Reader) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the body of an application for the costs of a year under a scheme."""
    numbers = {Measure.MEMBER: "members", Measure.MESSAGE: "messages"}
    asked = [name for measure, name in numbers.items() if measure in scheme.measures]
    wanted = [question.code for question in scheme.questions if question.required]
    answers: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": wanted,
        "properties": {one.code: _answer(one, reader.language) for one in scheme.questions},
    }
    properties: dict[str, Any] = {
        "network_id": {"type": "string", "format": "uuid"},
        "year": {"const": year},
        "form_version": {"const": scheme.form_version},
        "draft": {"type": "boolean"},
        "cost_lines": {"type": "array", "minItems": 1, "maxItems": 50, "items": _line(scheme, reader.language)},
        **{name: {"type": "integer", "minimum": 0} for name in asked},
        **({"answers": answers} if scheme.questions else {}),
    }
    needed = ["network_id", "year", "form_version", "cost_lines", *asked, *(["answers"] if wanted else [])]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": scheme.name,
        "type": "object",
        "additionalProperties": False,
        "required": needed,
        "properties": properties,
    }


def _line(scheme: Scheme, language: str) -> dict[str, Any]:
    kinds = [{"const": one.code, "title": one.name.told(language)} for one in scheme.kinds]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "description", "cents"],
        "properties": {
            "kind": {"oneOf": kinds},
            "description": {"type": "string", "minLength": 1, "maxLength": 200},
            "cents": {"type": "integer", "minimum": 1, "maximum": MOST_CENTS},
        },
    }


def _answer(question: Question, language: str) -> dict[str, Any]:
    choices = {"enum": list(question.choices)} if question.choices else {}
    return {"title": question.text.told(language), **_ANSWERS[question.type], **choices}

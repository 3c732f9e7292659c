"""Each error code and each public sentence has a text in French, German and English, and no text is left over."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import NamedTuple

import pytest
from unit.test_docs import ROOMS, ROOT, SERVICES, section, sources

from buurtsein_chassis.field_errors import NAMES
from buurtsein_chassis.languages import OTHERS, catalogue_of
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_funding.domain.payment import BatchState
from buurtsein_funding.domain.reasons import REASONS
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_funding.domain.why import WHY
from buurtsein_notifier.domain.facts import Obstacle
from buurtsein_notifier.domain.sensitive import Sign
from buurtsein_registry.domain.charter import PARTS_IN_DUTCH
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.member import MemberStatus
from buurtsein_registry.domain.rules import Acceptance
from buurtsein_registry.domain.states import NetworkState

OF_REPORTERS = {"emergency", "emergency_question"}
"""Refusals in the language of the report itself."""
REFUSED = {
    *("paid", "justified", "no_scheme", "scheme_gone", "question", "no_question", "members", "messages"),
    *("megabytes", "results"),
}
"""The causes of refusals of funding that have one code."""
NO_AREA = {
    *("form", "parts", "several", "no_border", "border", "few_points", "open_border", "position", "degrees"),
    *("swapped", "empty", "small", "points"),
}
"""The reasons why an area cannot be used."""
PUBLIC: dict[str, tuple[str, set[str]]] = {
    "progress": ("registry", set(NetworkState)),
    "joining": ("registry", set(Acceptance)),
    "membership": ("registry", set(MemberStatus)),
    "charter_parts": ("registry", set(PARTS_IN_DUTCH)),
    "offices": ("registry", set(ApproverRole)),
    "recognition": ("registry", {"from", "from_until"}),
    "outside": ("registry", {"network", "address"}),
    "enquiry": ("registry", {"closed"}),
    "area": ("Every service (chassis)", NO_AREA),
    "other_person": ("registry", {"acted", "signed"}),
    "sides": ("registry", set(Side)),
    "no_network": ("notifier", {"now", "there", "area_empty"}),
    "obstacles": ("notifier", set(Obstacle)),
    "signs": ("notifier", set(Sign)),
    "why": ("funding", set(WHY)),
    "application": ("funding", set(ApplicationState)),
    "payments": ("funding", set(BatchState)),
    "reasons": ("funding", set(REASONS)),
    "refused": ("funding", REFUSED),
}
PARTS_OF_SENTENCES = {
    *("charter_parts", "offices", "recognition", "sides", "obstacles", "signs", "application", "payments"),
}
"""The tables whose texts stand within other sentences."""
CODE_AT = dict.fromkeys(("DomainError", "conflict", "forbidden", "missing", "unavailable", "because"), 0)
CODE_AT |= {"Problem": 1, "problem_response": 2}
"""Where the code stands in each call that makes a refusal; the Dutch sentence is behind it."""
OF_THE_ANSWER = {"members", "headers", "allowed", "values"}
"""Keyword arguments of these calls that are not values of a sentence."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TEXT_CODES = re.compile(r"\b[a-z]+_[a-z_]+\b")


def documented(page: str, heading: str) -> set[str]:
    """Return the error codes in a section of the docs that have an HTTP status; other codes are in no response."""
    rows = re.findall(r"^\|([^|]+)\| (?:\d{3}|as given) \|", section(page, heading), re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([a-z0-9_]+)`", row)} - OF_REPORTERS


def field_codes(room: str) -> set[str]:
    """Return the codes of the field errors that the source code in a folder defines."""
    calls = (node for source in sources(room) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    made = (call.args[0] for call in calls if getattr(call.func, "id", "") == "PydanticCustomError")
    return {str(name.value) for name in made if isinstance(name, ast.Constant)}


CATALOGUES = [(heading, language) for heading in ROOMS for language in OTHERS]


def told(heading: str, language: str, table: str) -> Mapping[str, str]:
    package = f"buurtsein_{heading if heading in SERVICES else 'chassis'}"
    found: Mapping[str, str] = catalogue_of(package, language).get(table, {})
    return found


@pytest.mark.parametrize(("heading", "language"), CATALOGUES)
def test_each_error_code_has_a_sentence_in_each_language(heading: str, language: str) -> None:
    page = (ROOT / "docs/error-codes.md").read_text()
    assert set(told(heading, language, "problems")) == documented(page, heading)


@pytest.mark.parametrize(("heading", "language"), CATALOGUES)
def test_each_error_about_a_field_has_a_sentence_in_each_language(heading: str, language: str) -> None:
    shared = field_codes("kernel") | set(NAMES.values())
    of_room = field_codes(ROOMS[heading]) | (set() if heading in SERVICES else shared)
    assert set(told(heading, language, "fields")) == of_room


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("table", PUBLIC)
def test_each_sentence_of_a_public_answer_is_there_in_each_language(table: str, language: str) -> None:
    service, names = PUBLIC[table]
    assert set(told(service, language, table)) == names


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_about_a_field_names_the_same_limits_as_the_dutch_one(language: str) -> None:
    said = told("Every service (chassis)", language, "fields")
    assert [name for dutch, name in NAMES.items() if limits(said[name]) != limits(dutch)] == []


@pytest.mark.parametrize("heading", ROOMS)
def test_the_languages_name_the_same_values_in_each_sentence(heading: str) -> None:
    for table in ("problems", *PUBLIC):
        said = [told(heading, language, table) for language in OTHERS]
        for name in said[0]:
            assert len({frozenset(limits(one[name])) for one in said}) == 1, name


@pytest.mark.parametrize("language", OTHERS)
def test_the_why_of_each_line_and_condition_names_the_same_days_and_amounts_as_the_dutch_one(language: str) -> None:
    said = told("funding", language, "why")
    assert [name for name, dutch in WHY.items() if limits(said[name]) != limits(dutch)] == []


def limits(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence)} - {None}


@pytest.mark.parametrize(("heading", "language"), CATALOGUES)
def test_a_sentence_names_no_code_and_ends_as_a_sentence(heading: str, language: str) -> None:
    tables = {"problems", "fields", *PUBLIC} - PARTS_OF_SENTENCES
    said = [re.sub(r"\{\w+\}$", ".", one) for table in tables for one in told(heading, language, table).values()]
    said = [re.sub(r"\{\w+\}", "", one) for one in said]
    assert [one for one in said if TEXT_CODES.search(one) or not one.endswith((".", "?", "!"))] == []


def test_a_code_that_is_missing_in_a_catalogue_is_found() -> None:
    page = "## planted\n| `known`, `new_one` | 409 | when |\n| `row_code` | when |\n## next\n| `other` | 404 | when |"
    assert documented("\n" + page, "planted") == {"known", "new_one"}


class Refusal(NamedTuple):
    """A refusal as the code makes it: whether its Dutch sentence has values, and the names of those that it gives."""

    code: str
    has_values: bool
    given: set[str]


def refusals(source: str) -> Iterator[Refusal]:
    """Yield the refusals that a module makes.

    A sentence that is more than text in quotes has values, unless it is a constant of the module.
    """
    for function in (one for one in ast.walk(ast.parse(source)) if isinstance(one, FUNCTIONS)):
        nodes = list(ast.walk(function))
        made = [one for one in nodes if isinstance(one, ast.Assign) and not isinstance(one.value, ast.Constant)]
        filled = {ast.unparse(name) for one in made for name in one.targets}
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            place = CODE_AT.get(ast.unparse(call.func))
            if place is not None and isinstance(code := call.args[place], ast.Constant):
                sentence = call.args[place + 1]
                plain = isinstance(sentence, ast.Constant | ast.Name) and ast.unparse(sentence) not in filled
                yield Refusal(str(code.value), not plain, set(values_of(call, made)))


def values_of(call: ast.Call, made: Sequence[ast.Assign]) -> Iterator[str]:
    """Yield the names of the values that a call gives to the sentences, or `**` for those of another mapping."""
    if ast.unparse(call.func) == "because":
        yield "why"
    for given in call.keywords:
        written = [one.value for one in made if ast.unparse(one.targets[0]) == ast.unparse(given.value)]
        for values in written or [given.value]:
            if given.arg == "values" and isinstance(values, ast.Dict):
                yield from (ast.literal_eval(name) if name else "**" for name in values.keys)
        if given.arg not in OF_THE_ANSWER:
            yield given.arg or "**"


@pytest.mark.parametrize("heading", ROOMS)
def test_each_value_of_a_dutch_refusal_is_there_for_the_other_languages(heading: str) -> None:
    said = told(heading, "en", "problems")
    made = [one for source in sources(ROOMS[heading]) for one in refusals(source) if one.code in said]
    assert [one for one in made if one.has_values and not one.given] == []
    assert [one for one in made if "**" not in one.given and limits(said[one.code]) - one.given] == []


@pytest.mark.parametrize(
    "planted",
    [
        'raise DomainError("too_soon", f"Nog {days} dagen.")',
        'detail = f"Nog {days} dagen."\n    raise conflict("too_soon", detail, self.allowed())',
        'raise Problem(422, "too_soon", " ".join(reasons), CLOSE)',
        'raise DomainError("too_soon", f"Nog {days} dagen.", members={"days": days})',
    ],
)
def test_a_refusal_that_keeps_its_values_to_its_dutch_sentence_is_found(planted: str) -> None:
    assert list(refusals(f"def f(days):\n    {planted}\n")) == [Refusal("too_soon", has_values=True, given=set())]


@pytest.mark.parametrize(
    "made",
    [
        'conflict("too_soon", f"Nog {days} dagen.", days=days)',
        'values = {"days": days}\n    DomainError("too_soon", f"Nog {days} dagen.", values=values)',
    ],
)
def test_a_refusal_that_gives_its_values_to_all_languages_is_not_found(made: str) -> None:
    (refusal,) = refusals(f"def f(days):\n    {made}\n")
    assert "days" in refusal.given


def test_a_refusal_without_values_is_not_found() -> None:
    assert list(refusals('def f():\n    missing("gone", "Weg.")\n')) == [Refusal("gone", False, set())]

"""Each error code and each public sentence has a sentence in French, German and English, and no other name has one."""

import ast
import re
from collections.abc import Mapping
from string import Formatter

import pytest
from unit.test_docs import ROOMS, ROOT, SERVICES, section, sources

from buurtsein_chassis.field_errors import NAMES
from buurtsein_chassis.languages import OTHERS, catalogue_of
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_funding.domain.payment import BatchState
from buurtsein_funding.domain.reasons import REASONS
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_funding.domain.why import WHY
from buurtsein_registry.domain.charter import PARTS_IN_DUTCH
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
PUBLIC: dict[str, tuple[str, set[str]]] = {
    "progress": ("registry", set(NetworkState)),
    "joining": ("registry", set(Acceptance)),
    "membership": ("registry", set(MemberStatus)),
    "charter_parts": ("registry", set(PARTS_IN_DUTCH)),
    "offices": ("registry", set(ApproverRole)),
    "recognition": ("registry", {"from", "from_until"}),
    "outside": ("registry", {"network", "address"}),
    "enquiry": ("registry", {"closed"}),
    "why": ("funding", set(WHY)),
    "application": ("funding", set(ApplicationState)),
    "payments": ("funding", set(BatchState)),
    "reasons": ("funding", set(REASONS)),
    "refused": ("funding", REFUSED),
}
PARTS_OF_SENTENCES = {"charter_parts", "offices", "recognition", "application", "payments"}
"""The tables whose texts stand within other sentences."""
TEXT_CODES = re.compile(r"\b[a-z]+_[a-z_]+\b")


def documented(page: str, heading: str) -> set[str]:
    """Return the codes of a section that have an HTTP status; others never leave over HTTP."""
    rows = re.findall(r"^\|([^|]+)\| (?:\d{3}|as given) \|", section(page, heading), re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([a-z0-9_]+)`", row)} - OF_REPORTERS


def field_codes(room: str) -> set[str]:
    """Return the codes of the errors about fields that a room defines."""
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

"""Error messages about fields are in Dutch for every request, and never repeat what somebody typed."""

import datetime as dt
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, ValidationError
from pydantic_core import core_schema

from buurtsein_chassis.field_errors import SENTENCES, sentence
from buurtsein_chassis.languages import Reader
from buurtsein_chassis.manifest import service_names
from buurtsein_kernel.problems import DomainError

NEVER = {
    "arguments_type", "callable_type", "complex_str_parsing", "complex_type", "counter_type", "dataclass_exact_type",
    "default_factory_not_called", "deque_type", "ellipsis_error", "fraction_parsing", "fraction_type",
    "frozen_dict_type", "frozen_field", "frozen_instance", "get_attribute_error", "is_instance_of", "is_subclass_of",
    "iteration_error", "missing_argument", "missing_keyword_only_argument", "missing_positional_only_argument",
    "missing_sentinel_error", "multiple_argument_values", "named_tuple_type", "needs_python_object",
    "no_such_attribute", "ordered_dict_type", "set_item_not_hashable", "string_sub_type", "unexpected_keyword_argument",
    "unexpected_positional_argument",
}  # fmt: skip
"""Kinds of errors about Python types, calls and attributes, which no JSON body and no query can cause."""
ENGLISH = re.compile(r"\b(should|input|valid|value|field|required|must|least|expected|not)\b", re.IGNORECASE)


class Everything(BaseModel):
    """A model with a field of each type that the commands use."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="x", min_length=2, max_length=3, pattern="^[a-z]+$")
    number: int = Field(default=1, ge=1, le=5)
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    flag: bool = True
    day: dt.date = dt.date(2026, 1, 1)
    moment: AwareDatetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    choice: Literal["a", "b"] = "a"
    items: list[int] = Field(default=[1], min_length=1, max_length=2)
    address: HttpUrl = HttpUrl("https://x.example")
    id: UUID = UUID(int=0)
    inner: "Everything | None" = None


NAMES = st.sampled_from([*Everything.model_fields, "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2026-13-45T99:00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)


def errors_of(kind: Any, value: Any) -> list[Any]:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return list(error.errors())
    except DomainError:
        return []
    return []


def test_each_kind_of_error_that_a_request_can_cause_has_a_sentence() -> None:
    kinds = set(get_args(core_schema.ErrorType))
    assert kinds - NEVER - set(SENTENCES) == set()
    assert set(SENTENCES) & NEVER == set()


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first example is slow on a slow machine
@given(value=st.dictionaries(NAMES, JSON))
def test_the_sentence_is_dutch_for_any_request(value: dict[str, Any]) -> None:
    for error in errors_of(Everything, value):
        said = sentence(error, Reader())
        assert not ENGLISH.search(said), said
        assert "{" not in said


def commands() -> Iterator[Any]:
    """Yield the models of the request bodies of all routes."""
    for service in service_names():
        for route in import_module(f"buurtsein_{service}.api").router.routes:
            if isinstance(route, APIRoute) and route.body_field:
                yield route.body_field.field_info.annotation


@pytest.mark.parametrize("command", sorted(set(commands()), key=str), ids=str)
@pytest.mark.parametrize("wrong", [None, "xyzzy", "", -1, 1e300, True, [], ["xyzzy"], {}, {"xyzzy": 1}])
def test_each_command_is_refused_in_dutch_without_repeating_the_input(command: Any, wrong: Any) -> None:
    for body in ({}, *each_field(command, wrong), {"xyzzy": wrong}, wrong):
        for error in errors_of(command, body):
            said = sentence(error, Reader())
            assert not ENGLISH.search(said), (error["type"], said)
            assert "xyzzy" not in said


def each_field(command: Any, value: Any) -> list[dict[str, Any]]:
    return [{name: value} for name in getattr(command, "model_fields", ())]


LONG = [
    "x",
    "\u0301",
    "\u0301\u0323",
    "\u0301\u200b",
    "<a",
    "&a",
    "0",
    "0 ",
    "1.",
    "://",
    "a://",
    "www.",
    "\U0001f600",
    " ",
    "\n",
]


@pytest.mark.parametrize("part", LONG, ids=ascii)
def test_the_time_to_check_a_text_grows_linearly_with_its_length(part: str) -> None:
    """If the time grew with the square of the length, this test would take minutes."""
    long = part * (60_000 // len(part.encode()))
    for command in sorted(set(commands()), key=str):
        for body in each_field(command, long):
            errors_of(command, body)


def test_a_sentence_names_the_allowed_values() -> None:
    [short] = errors_of(Everything, {"text": "a"})
    [choice] = errors_of(Everything, {"choice": "c"})
    [large] = errors_of(Everything, {"number": 9})
    assert sentence(short, Reader()) == "Dit is te kort: geef minstens 2 tekens."
    assert sentence(choice, Reader()) == "Kies een van de waarden die hier mogen: 'a' of 'b'."
    assert sentence(large, Reader()) == "Geef hoogstens 5."

"""For 31 changes of an event, the compatibility check gives the right verdict, and a second library agrees."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, create_model

from buurtsein_contracts.gate.compare import compare
from buurtsein_contracts.gate.contract import Contract
from buurtsein_contracts.gate.engine import Containment, JsonCompat
from buurtsein_contracts.gate.verdict import Level
from harness.prover import Subschema


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class MoreColours(StrEnum):
    RED = "red"
    BLUE = "blue"
    GREEN = "green"


def open_enum(*values: str) -> Any:
    return (str, Field(json_schema_extra={"x-extensible-enum": list(values)}))


@dataclass(frozen=True)
class Part:
    """A nested object in an example event; it treats unknown fields as the event does."""

    fields: dict[str, Any]


def part(**fields: Any) -> Part:
    return Part(fields)


def model(name: str, fields: dict[str, Any], extra: Literal["forbid", "ignore"]) -> type[BaseModel]:
    definitions = {
        key: (model("Part", kind.fields, extra), rest) if isinstance(kind, Part) else (kind, rest)
        for key, (kind, rest) in fields.items()
    }
    return create_model(name, __config__={"extra": extra}, **definitions)  # type: ignore[call-overload,no-any-return]


def described(text: str, **more: Any) -> Any:
    return (str, Field(description=text, **more))


BREAK, ADD, DOC = Level.MAJOR, Level.MINOR, Level.PATCH
A = (int, ...)


@dataclass(frozen=True)
class Change:
    """An event's schema before and after a change, and the verdict that the compatibility check must give.

    `B` says whether a new reader accepts old events, `F` whether an old reader accepts new events.
    """

    old: dict[str, Any]
    new: dict[str, Any]
    backward: bool
    forward: bool
    level: Level
    rule: str | None = None


CHANGES = {
    "add optional, absent": Change({"a": A}, {"a": A, "b": (str | None, None)}, True, True, ADD),
    "add optional, default": Change({"a": A}, {"a": A, "b": (int, 1)}, True, True, ADD),
    "add optional, nested": Change(
        {"p": (part(a=A), ...)}, {"p": (part(a=A, b=(str | None, None)), ...)}, True, True, ADD
    ),
    "remove optional": Change({"a": A, "b": (str | None, None)}, {"a": A}, True, True, ADD),
    "add required": Change({"a": A}, {"a": A, "b": A}, False, True, BREAK),
    "remove required": Change({"a": A, "b": A}, {"a": A}, True, False, BREAK),
    "rename": Change({"a": A}, {"b": A}, False, False, BREAK),
    "optional to required": Change({"b": (int, 0)}, {"b": A}, False, True, BREAK),
    "required to optional": Change({"b": A}, {"b": (int, 0)}, True, False, BREAK),
    "add enum value": Change({"c": (Colour, ...)}, {"c": (MoreColours, ...)}, True, False, BREAK),
    "remove enum value": Change({"c": (MoreColours, ...)}, {"c": (Colour, ...)}, False, True, BREAK),
    "add open enum value": Change({"c": open_enum("x")}, {"c": open_enum("x", "y")}, True, True, ADD),
    "other literal": Change({"v": (Literal["v1"], ...)}, {"v": (Literal["v2"], ...)}, False, False, BREAK),
    "add maxLength": Change({"s": (str, ...)}, {"s": (str, Field(max_length=5))}, False, True, BREAK),
    "add minimum": Change({"n": A}, {"n": (int, Field(ge=1))}, False, True, BREAK),
    "drop maxLength": Change({"s": (str, Field(max_length=5))}, {"s": (str, ...)}, True, False, BREAK),
    "int to float": Change({"n": A}, {"n": (float, ...)}, True, False, BREAK),
    "float to int": Change({"n": (float, ...)}, {"n": A}, False, True, BREAK),
    "int to str": Change({"n": A}, {"n": (str, ...)}, False, False, BREAK),
    "other item": Change({"l": (list[str], ...)}, {"l": (list[int], ...)}, False, False, BREAK),
    "str to nullable": Change({"s": (str, ...)}, {"s": (str | None, ...)}, True, False, BREAK),
    "nullable to str": Change({"s": (str | None, ...)}, {"s": (str, ...)}, False, True, BREAK),
    "add pattern": Change({"s": (str, ...)}, {"s": (str, Field(pattern="^[a-z]+$"))}, False, True, BREAK),
    "other pattern": Change(
        {"s": (str, Field(pattern="^[a-z]+$"))}, {"s": (str, Field(pattern="^[0-9]+$"))}, False, False, BREAK
    ),
    "union: add variant": Change({"u": (int | str, ...)}, {"u": (int | str | bool, ...)}, True, False, BREAK),
    "union: drop variant": Change({"u": (int | str | bool, ...)}, {"u": (int | str, ...)}, False, True, BREAK),
    "str to uuid": Change({"s": (str, ...)}, {"s": (UUID, ...)}, True, True, BREAK, "format"),
    "datetime to date": Change({"d": (datetime, ...)}, {"d": (date, ...)}, True, True, BREAK, "format"),
    "description": Change({"s": described("one")}, {"s": described("two")}, True, True, DOC),
    "default": Change(
        {"s": described("one", default="x")}, {"s": described("one", default="y")}, True, True, BREAK, "default"
    ),
    "closed enum opened": Change(
        {"c": (str, Field(json_schema_extra={"enum": ["x", "y"]}))},
        {"c": open_enum("x", "y")},
        True,
        False,
        BREAK,
        "enum",
    ),
}


def contract(fields: dict[str, Any]) -> Contract:
    """Return a contract whose writer schema refuses unknown fields and whose reader schema ignores them."""
    closed = model("Thing", fields, "forbid")
    opened = model("Thing", fields, "ignore")
    writer, reader = closed.model_json_schema(mode="serialization"), opened.model_json_schema()
    return Contract(
        "be.bin.thing.done.v1", "1.0.0", "ThingDone", "bin.things", (), "thing_id", "thing_id", writer, reader
    )


def test_the_matrix_has_31_changes() -> None:
    assert len(CHANGES) == 31


@pytest.mark.parametrize("engine", [JsonCompat(), Subschema()], ids=["jsoncompat", "subschema"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_has_the_right_verdict(change: Change, engine: Containment) -> None:
    verdict = compare(contract(change.old), contract(change.new), engine)
    assert (not verdict.has("backward"), not verdict.has("forward")) == (change.backward, change.forward)
    assert verdict.level is change.level
    assert change.rule is None or verdict.has(change.rule)
    assert all(finding.way_out and finding.where for finding in verdict.findings)


@pytest.mark.parametrize(
    "name", [name for name, change in CHANGES.items() if not change.backward or not change.forward]
)
def test_a_break_shows_a_document_that_is_refused(name: str) -> None:
    verdict = compare(contract(CHANGES[name].old), contract(CHANGES[name].new), JsonCompat())
    shown = [finding.counterexample for finding in verdict.findings if finding.rule in {"backward", "forward"}]
    assert shown
    assert all(document and document.startswith(("{", "not proved")) for document in shown)


@pytest.mark.parametrize(
    ("field", "value"), [("topic", "bin.other"), ("key", "other_id"), ("type", "be.bin.thing.undone.v1")]
)
def test_topic_key_and_type_may_not_change(field: str, value: str) -> None:
    old = contract({"a": A})
    moved = replace(old, **{field: value})  # type: ignore[arg-type]
    verdict = compare(old, moved, JsonCompat())
    assert verdict.breaks
    assert verdict.has(field)


def test_a_privacy_tag_may_not_be_taken_away() -> None:
    def tagged(tag: str) -> Contract:
        return contract({"s": (str, Field(json_schema_extra={"x-personal-data": tag}))})

    assert compare(tagged("pseudonym"), tagged("none"), JsonCompat()).has("privacy")
    assert compare(tagged("none"), tagged("pseudonym"), JsonCompat()).level is ADD


def test_no_change_gives_no_finding() -> None:
    assert compare(contract({"a": A}), contract({"a": A}), JsonCompat()).level is Level.NONE


def test_a_removed_name_may_not_return_with_another_meaning() -> None:
    first, without, back = contract({"a": A, "b": (int, 0)}), contract({"a": A}), contract({"a": A, "b": (str, "")})
    assert not compare(first, without, JsonCompat()).breaks
    assert not compare(without, back, JsonCompat()).breaks
    assert compare(first, back, JsonCompat()).breaks

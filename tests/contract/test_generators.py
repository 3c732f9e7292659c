"""Other languages' validators and code generators find no unknown keyword and no unnamed class in the schemas."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from buurtsein_contracts import EVENTS, EventData
from buurtsein_contracts.asyncapi import document
from buurtsein_contracts.goldens import folder_of

BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)
CATALOGUE = document()


def schema(data: type[EventData], side: str) -> Any:
    return json.loads((folder_of(data) / f"{side}.schema.json").read_text())


STANDARD = """$schema $id $ref $defs title description examples default type enum const format pattern minLength
    maxLength minimum maximum properties required additionalProperties items prefixItems minItems maxItems anyOf"""


def keywords(node: Any) -> Iterator[str]:
    """Yield all keywords of a schema and of the schemas inside it."""
    for keyword, value in node.items():
        yield keyword
        inner = value if keyword in {"prefixItems", "anyOf"} else [value] if keyword == "items" else []
        inner = list(value.values()) if keyword in {"properties", "$defs"} else inner
        yield from (found for schema in inner for found in keywords(schema))


@BY_TYPE
def test_a_strict_validator_knows_every_keyword_of_both_schemas(data: type[EventData]) -> None:
    """The validator Ajv refuses unknown keywords by default; our own keywords are only in the annotated schema."""
    for side in ("writer", "reader"):
        assert set(keywords(schema(data, side))) <= set(STANDARD.split()), side
    assert "x-personal-data" in set(keywords(schema(data, "annotated")))


@BY_TYPE
def test_reader_and_writer_have_the_same_parts_under_the_same_names(data: type[EventData]) -> None:
    """Models generated from the reader schema and from the writer schema have classes with equal names."""
    writer, reader = (schema(data, side) for side in ("writer", "reader"))
    assert writer.get("$defs", {}).keys() == reader.get("$defs", {}).keys()
    for name, part in writer.get("$defs", {}).items():
        if known := part.get("enum"):
            read = reader["$defs"][name]
            assert known == (read.get("enum") or read["examples"]), name


def named_by_generators(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the schemas from which a code generator makes a class: objects, enums and compositions."""
    if isinstance(node, list):
        for item in node:
            yield from named_by_generators(item)
    if isinstance(node, dict):
        if {"properties", "enum", "allOf"} & node.keys() and ("type" in node or "allOf" in node):
            yield node
        for inner in node.values():
            yield from named_by_generators(inner)


def test_a_generator_never_has_to_invent_the_name_of_a_class() -> None:
    """A generated name such as `AnonymousSchema_157` would change with every field that is added elsewhere."""
    parts = [*CATALOGUE["components"]["schemas"].values(), *CATALOGUE["components"]["messages"].values()]
    found = list(named_by_generators(parts))
    assert len(found) > len(CATALOGUE["components"]["messages"])
    assert [schema for schema in found if not re.fullmatch(r"[A-Z]\w+", schema.get("title", ""))] == []

"""Makes the JSON Schema (2020-12) of each event: a closed one for the writer, an open one for the reader.

The writer schema describes what we promise to send; the reader schema describes what a consumer must accept. Both have
the same definitions under the same names. An enum is a definition of its own: in the writer schema a list of values, in
the reader schema a string that names the values known today. Both carry our annotations in `x-` keywords; `plain`
removes those.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from buurtsein_contracts.envelope import data_schema
from buurtsein_contracts.fields import Schema
from buurtsein_contracts.model import EventData, reader_of

_REFERENCE = "#/$defs/"
_KNOWN = "x-extensible-enum"


class _Draft202012(GenerateJsonSchema):
    """Generates schemas without titles and without null, because a field without a value is absent and never null."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])


def writer_schema(data: type[EventData]) -> Schema:
    """Return the closed JSON Schema of an event's data; every event that we send is valid under it."""
    return deepcopy(_schema(data, "serialization"))


def reader_schema(data: type[EventData]) -> Schema:
    """Return the open JSON Schema of an event's data; it allows unknown fields, and unknown values of open enums."""
    return deepcopy(_schema(data, "validation"))


def annotated_schema(data: type[EventData]) -> Schema:
    """Return the reader's schema with the annotations of this catalogue and with an `$id` of its own."""
    return reader_schema(data) | {"$id": f"{data_schema(data)}:annotated"}


def plain(node: Any) -> Any:
    """Return a schema without our own keywords, for strict validators; known values of an enum become `examples`."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    kept = {key: plain(value) for key, value in node.items() if not key.startswith("x-")}
    return kept | ({"examples": node[_KNOWN]} if _KNOWN in node else {})


@cache
def _schema(data: type[EventData], mode: JsonSchemaMode) -> Schema:
    """Return the writer or the reader schema of a model, which is computed once; the caller gets a copy."""
    model, side = (data, "writer") if mode == "serialization" else (reader_of(data), "reader")
    generated = model.model_json_schema(mode=mode, schema_generator=_Draft202012)
    definitions = generated.pop("$defs", {})
    body, parts, opened = (
        _cleaned(generated | _promises(data)),
        _cleaned(definitions),
        _opened_names([generated, definitions]),
    )
    kept = {name: _opened(part) if name in opened else part for name, part in parts.items()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{data_schema(data)}:{side}"}
    schema: Schema = head | body | _referenced(body, kept)
    return schema


def _promises(data: type[EventData]) -> Schema:
    """Return the optional fields that are required when another field has one of certain values."""
    when = {name: {other: [value]} for name, (other, value) in data.THERE_WHEN.items()}
    return {"x-there-when": when} if when else {}


def _cleaned(node: Any) -> Any:
    """Return a schema node without null defaults, in which an open enum is a reference to the enum's definition."""
    match node:
        case list():
            return [_cleaned(item) for item in node]
        case {"anyOf": [{"$ref": reference}, {"type": "string"}], **rest}:
            return {**rest, "$ref": reference}
        case {**parts}:
            return {key: _cleaned(value) for key, value in parts.items() if not _is_absent_default(key, value)}
        case _:
            return node


def _is_absent_default(key: object, value: object) -> bool:
    return key == "default" and value is None


def _opened_names(node: Any) -> set[str]:
    """Return the names of the open enums, which a schema allows as `anyOf` the enum or any string."""
    match node:
        case {"anyOf": [{"$ref": str(reference)}, {"type": "string"}]}:
            return {reference.removeprefix(_REFERENCE)}
        case list():
            return {name for part in node for name in _opened_names(part)}
        case {**parts}:
            return _opened_names(list(parts.values()))
        case _:
            return set()


def _opened(part: Schema) -> Schema:
    """Return the schema of an enum as a string that lists the values known today."""
    return {key: value for key, value in part.items() if key != "enum"} | {_KNOWN: part["enum"]}


def _referenced(body: Schema, definitions: Schema) -> Schema:
    """Return the definitions (`$defs`) that the schema's body or another definition refers to."""
    text = json.dumps([body, definitions])
    used = {name: part for name, part in sorted(definitions.items()) if f'"{_REFERENCE}{name}"' in text}
    return {"$defs": used} if used else {}

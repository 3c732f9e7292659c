"""JSON Schema 2020-12 of every event: closed for the writer, open for the reader.

The writer schema is what we promise to send; the reader schema is what a consumer must accept.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from buurtsein_contracts.envelope import data_schema
from buurtsein_contracts.model import EventData, reader_of

type Schema = dict[str, Any]

_REFERENCE = "#/$defs/"


class _Draft202012(GenerateJsonSchema):
    """Leaves out titles and null: an optional field is absent, never null."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])


def writer_schema(data: type[EventData]) -> Schema:
    """The closed schema: every value we send validates against it."""
    return _schema(data, data, "serialization", "writer")


def reader_schema(data: type[EventData]) -> Schema:
    """The open schema: unknown fields and unknown values of open enums are allowed."""
    return _schema(data, reader_of(data), "validation", "reader")


def _schema(data: type[EventData], model: type[EventData], mode: JsonSchemaMode, side: str) -> Schema:
    generated = model.model_json_schema(mode=mode, schema_generator=_Draft202012)
    definitions = generated.pop("$defs", {})
    body = _cleaned(generated, definitions)
    kept = {name: _cleaned(part, definitions) for name, part in definitions.items()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{data_schema(data)}:{side}"}
    schema: Schema = head | body | _referenced(body, kept)
    return schema


def _cleaned(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_cleaned(item, definitions) for item in node]
    if not isinstance(node, Mapping):
        return node
    kept = {key: value for key, value in node.items() if not _is_absent_default(key, value)}
    return _extensible({key: _cleaned(value, definitions) for key, value in kept.items()}, definitions)


def _is_absent_default(key: str, value: object) -> bool:
    return key == "default" and value is None


def _extensible(node: Schema, definitions: Schema) -> Schema:
    """An enum or any string is a string; the values known today are listed as `x-extensible-enum`."""
    match node:
        case {"anyOf": [{"$ref": reference}, {"type": "string"}], **rest}:
            known = definitions[reference.removeprefix(_REFERENCE)]["enum"]
            return {**rest, "type": "string", "x-extensible-enum": known}
        case _:
            return node


def _referenced(body: Schema, definitions: Schema) -> Schema:
    """The definitions that something still refers to."""
    text = json.dumps([body, definitions])
    used = {name: part for name, part in sorted(definitions.items()) if f'"{_REFERENCE}{name}"' in text}
    return {"$defs": used} if used else {}

"""Describes a field of a reader schema in words: kind, limits, values and what it tells about a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buurtsein_contracts.expectations.proof import always_there
from buurtsein_contracts.fields import Field, Schema, fields_of
from buurtsein_contracts.model import EventData, Privacy
from buurtsein_contracts.schemas import reader_schema, writer_schema

_KINDS = {
    "uuid": "UUID",
    "date-time": "date and time",
    "date": "date",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of an event; `path` is written as `location.latitude` or `approvals[].actor`."""

    path: str
    kind: str
    limits: tuple[str, ...]
    values: tuple[str, ...]
    is_open: bool
    """True for an open enum, which may get more values within the major version."""
    always: bool
    en: str
    nl: str
    privacy: Privacy


def rows_of(data: type[EventData]) -> list[FieldRow]:
    """Return a row for every field of an event; a parent comes before its parts."""
    sent = fields_of(writer_schema(data))
    return [_row(field, always=always_there(sent, path)) for path, field in fields_of(reader_schema(data)).items()]


def _row(field: Field, *, always: bool) -> FieldRow:
    schema = field.schema
    return FieldRow(
        path=field.path,
        kind=_kind(schema),
        limits=tuple(_limits(schema)),
        values=field.values or ((str(schema["const"]),) if "const" in schema else ()),
        is_open=field.is_open,
        always=always,
        en=schema["description"],
        nl=schema["x-description-nl"],
        privacy=Privacy(schema["x-personal-data"]),
    )


def _kind(schema: Schema) -> str:
    if "anyOf" in schema:
        return ", or ".join(map(_kind, schema["anyOf"]))
    if "prefixItems" in schema:
        return f"pair of {_kind(schema['prefixItems'][0])}s"
    if schema.get("type") == "array":
        return f"list of {_many(schema['items'])}"
    return _KINDS[schema.get("format") or schema.get("type") or ("object" if "properties" in schema else "string")]


def _many(schema: Schema) -> str:
    """Return the type of a list in words, based on the type of its items."""
    return re.sub("^(list|pair) ", r"\1s ", _kind(schema))


def _limits(schema: Schema) -> Iterator[str]:
    if "anyOf" in schema:
        yield from dict.fromkeys(limit for form in schema["anyOf"] for limit in _limits(form))
        return
    if "pattern" in schema:
        yield f"as {schema['pattern']}"
    if "prefixItems" in schema:
        yield ", then ".join(limit for part in schema["prefixItems"] for limit in _limits(part))
        return
    yield from _range(schema, "minimum", "maximum", "")
    yield from _range(schema, "minLength", "maxLength", " characters")
    yield from _range(schema, "minItems", "maxItems", " items")
    if isinstance(schema.get("items"), dict):
        yield from _limits_of_each(schema["items"])


def _limits_of_each(schema: Schema) -> Iterator[str]:
    """Yield the limits of each item of a list in words, such as `each at most 40 characters`."""
    kind = _kind(schema).partition(" of ")
    each = f"each {kind[0]}" if kind[1] else "each"
    yield from (limit if limit.startswith("each") else f"{each} {limit}" for limit in _limits(schema))


def _range(schema: Schema, least: str, most: str, unit: str) -> Iterator[str]:
    low, high = schema.get(least), schema.get(most)
    if low is not None and high is not None:
        yield f"{low} to {high}{unit}" if low != high else f"exactly {low}{unit}"
    elif low is not None:
        yield f"at least {low}{unit}"
    elif high is not None:
        yield f"at most {high}{unit}"

"""Turns a JSON Schema into a flat table of fields, for the compatibility check, expectations and pages.

The path of a field is written as `location.latitude`, and as `approvals[].actor` for a field of a list's items.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

type Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a JSON Schema: its path, its own schema, and whether it is required."""

    path: str
    schema: Schema
    """The schema of the field, with references resolved; a description next to a reference replaces the referred
    one."""
    required: bool
    """True when the field is present whenever its parent is."""

    @property
    def values(self) -> tuple[str, ...]:
        """Return the known values of an enum field or of a list of enum values; an empty tuple for other fields."""
        inner = self.schema.get("items", {}) if self.schema.get("type") == "array" else self.schema
        return tuple(inner.get("enum") or inner.get("x-extensible-enum") or ())

    @property
    def is_open(self) -> bool:
        """Return whether the enum may get new values within a major version, according to the reader schema."""
        inner = self.schema.get("items", {}) if self.schema.get("type") == "array" else self.schema
        return "x-extensible-enum" in inner


def fields_of(schema: Schema) -> dict[str, Field]:
    """Return every field of a schema by its path; a parent comes before its parts."""
    return {field.path: field for field in _walk(schema, schema.get("$defs", {}), "")}


def resolved(node: Schema, definitions: Schema) -> Schema:
    """Return a schema node in which each `$ref`, also in the node's items, is replaced by its definition."""
    merged = dict(node)
    if reference := merged.pop("$ref", None):
        merged = definitions[reference.removeprefix("#/$defs/")] | merged
    if isinstance(merged.get("items"), dict):
        merged["items"] = resolved(merged["items"], definitions)
    return merged


def _walk(node: Schema, definitions: Schema, prefix: str) -> Iterator[Field]:
    for name, raw in node.get("properties", {}).items():
        child = resolved(raw, definitions)
        path = f"{prefix}{name}"
        yield Field(path, child, name in node.get("required", ()))
        yield from _walk(child, definitions, f"{path}.")
        if "properties" in child.get("items", {}):
            yield from _walk(child["items"], definitions, f"{path}[].")

"""A schema as a flat table of fields, for rules, expectations and generated documents.

A path names a field the way a consumer would: `location.latitude`, and `approvals[].actor` inside a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

type Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a schema."""

    path: str
    schema: Schema
    """With references resolved; the description beside a reference wins."""
    required: bool
    """Whether it is there whenever its parent is."""

    @property
    def values(self) -> tuple[str, ...]:
        """The values known today, when it is an enum or a list of one."""
        inner = self.schema.get("items", {}) if self.schema.get("type") == "array" else self.schema
        return tuple(inner.get("enum") or inner.get("x-extensible-enum") or ())

    @property
    def is_open(self) -> bool:
        """Whether values may be added to its enum within the major version (told by the reader schema only)."""
        inner = self.schema.get("items", {}) if self.schema.get("type") == "array" else self.schema
        return "x-extensible-enum" in inner


def fields_of(schema: Schema) -> dict[str, Field]:
    """Every field of a schema by path, parents before their parts."""
    return {field.path: field for field in _walk(schema, schema.get("$defs", {}), "")}


def resolved(node: Schema, definitions: Schema) -> Schema:
    """A node with its reference, and that of its items, replaced by what they refer to."""
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

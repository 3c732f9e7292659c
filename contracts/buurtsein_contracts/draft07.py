"""Translates a committed schema to draft-07 for AsyncAPI; its parts go to `components/schemas`, by name.

AsyncAPI 3.0 uses draft-07 by default, resolves `#` against the whole document, and ignores what stands next to a
`$ref`. Invariant: the translation accepts and refuses the same documents as the golden.
"""

from collections.abc import Callable, Mapping
from typing import Any

from buurtsein_contracts.fields import Schema

_PARTS = "#/$defs/"
_SCHEMAS = "#/components/schemas/"
_NOT_HERE = frozenset({"$schema", "$id", "$defs"})


def reference(name: str) -> dict[str, str]:
    """Return a reference to a schema in `components/schemas` of the AsyncAPI document."""
    return {"$ref": f"{_SCHEMAS}{name}"}


def translated(schema: Schema, name: str, rename: Callable[[str], str]) -> dict[str, Schema]:
    """Translate a schema to draft-07; return it as `name`, and each of its definitions (`$defs`) under a new name."""
    parts = {rename(part): _node(inner, rename) for part, inner in schema.get("$defs", {}).items()}
    found = {name: _node({key: value for key, value in schema.items() if key not in _NOT_HERE}, rename)} | parts
    return {part: _with_named_enums(part, inner) for part, inner in found.items()}


def _with_named_enums(part: str, schema: Schema) -> Schema:
    """Give each enum without a title a title made from its path; otherwise a code generator invents a class name."""
    for field, inner in schema.get("properties", {}).items():
        if "enum" in inner:
            inner.setdefault("title", part.partition(".")[0] + field.title().replace("_", ""))
    return schema


def _node(node: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(node, list):
        return [_node(item, rename) for item in node]
    if not isinstance(node, Mapping):
        return node
    inner = {key: _node(value, rename) for key, value in node.items()}
    return _with_lone_reference(_with_tuple(inner), rename)


def _with_tuple(node: Schema) -> Schema:
    """Replace the keyword `prefixItems` of JSON Schema 2020-12 by its form in draft-07: a list in `items`."""
    if isinstance(node.get("prefixItems"), list):
        node["items"] = node.pop("prefixItems")
    return node


def _with_lone_reference(node: Schema, rename: Callable[[str], str]) -> Schema:
    found = node.get("$ref")
    if not isinstance(found, str):
        return node
    part = found.removeprefix(_PARTS)
    there = reference(rename(part))
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {"title": part, **beside, "allOf": [there]} if beside else there

"""A golden schema as AsyncAPI takes it: draft-07, its parts under a name of their own in `components/schemas`.

AsyncAPI 3.0 reads draft-07 unless told otherwise, resolves `#` against the whole document, and drops what stands beside
a `$ref`. Invariant: what the golden accepts or refuses, its translation does.
"""

from collections.abc import Callable, Mapping
from typing import Any

type Schema = dict[str, Any]

_PARTS = "#/$defs/"
_SCHEMAS = "#/components/schemas/"
_NOT_HERE = frozenset({"$schema", "$id", "$defs"})


def reference(name: str) -> dict[str, str]:
    """A reference to a schema in `components`."""
    return {"$ref": f"{_SCHEMAS}{name}"}


def translated(schema: Schema, name: str, rename: Callable[[str], str]) -> dict[str, Schema]:
    """A golden and its parts, by their names in `components`; `rename` gives a part its name there."""
    parts = {rename(part): _node(inner, rename) for part, inner in schema.get("$defs", {}).items()}
    found = {name: _node({key: value for key, value in schema.items() if key not in _NOT_HERE}, rename)} | parts
    return {part: _with_named_enums(part, inner) for part, inner in found.items()}


def _with_named_enums(part: str, schema: Schema) -> Schema:
    """A field whose enum has no name of its own gets one of its place, so that no generator invents one."""
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
    """`prefixItems` of 2020-12 was the list form of `items`."""
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

"""Converts JSON Schemas of HTTP requests and responses to the forms that the compatibility check compares.

A schema comes in with references to other parts of its OpenAPI document; the result contains all definitions that it
uses. The sender of a body (the client or the service) sends only the fields in its document, so the sender's schema
refuses unknown fields. A client accepts unknown fields, unknown enum values and wider limits in a response.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from buurtsein_contracts.fields import Schema

_FROM, _TO = "#/components/schemas/", "#/$defs/"
_REFERENCE = re.compile(f'"{_FROM}([^"]+)"')
_MAPS = frozenset({"properties", "patternProperties", "$defs"})
_LISTS = frozenset({"anyOf", "allOf", "oneOf", "prefixItems"})
_SINGLE = frozenset({"items", "additionalProperties", "not"})
_DOCUMENTATION = frozenset({"title", "description", "examples", "example", "deprecated", "default"})
_STRUCTURE = frozenset({"$ref", "type", "required", "format"}) | _MAPS | _LISTS | _SINGLE
"""The keywords of a response that a client relies on; limits, patterns and the values of enums are not among them."""


def standalone(schema: Schema, document: Schema) -> Schema:
    """Return a schema with the definitions that it uses under `$defs`, and without documentation."""
    parts = document.get("components", {}).get("schemas", {})
    used = _used(schema, parts)
    whole = schema | {"$defs": {name: part for name, part in parts.items() if name in used}}
    renamed = json.loads(json.dumps(whole).replace(f'"{_FROM}', f'"{_TO}'))
    return dict(_mapped(renamed, _without_documentation))


def sent(schema: Schema) -> Schema:
    """Return a copy of the sender's schema of a body; in the copy, every object refuses unknown fields."""
    return dict(_mapped(schema, lambda node: {"additionalProperties": False} | node if "properties" in node else node))


def understood(schema: Schema) -> Schema:
    """Return a response schema without limits and enum values, as clients rely only on fields, types and formats."""
    return dict(_mapped(schema, _structure))


def fields(schema: Schema) -> dict[str, str | None]:
    """Return the keyword `format` of each field in a schema by its path; the whole document has an empty path.

    `[]` in a path stands for the items of a list. The fields of all alternatives (`anyOf`) are among them.
    """
    return {"": schema.get("format")} | dict(_walk(schema, schema.get("$defs", {}), "", frozenset()))


def _used(schema: Schema, parts: Schema) -> set[str]:
    """Return the names of the definitions (`$defs`) that a schema uses, directly or through other definitions."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        new = set(_REFERENCE.findall(json.dumps(waiting.pop()))) - found
        found |= new
        waiting += [parts[name] for name in new]
    return found


def _mapped(node: Any, change: Callable[[Schema], Schema]) -> Any:
    """Apply `change` to every schema inside a schema, and then to the schema itself; return the result."""
    if not isinstance(node, dict):
        return node
    parts = dict(node)
    for key in _MAPS & parts.keys():
        parts[key] = {name: _mapped(part, change) for name, part in parts[key].items()}
    for key in _LISTS & parts.keys():
        parts[key] = [_mapped(part, change) for part in parts[key]]
    for key in _SINGLE & parts.keys():
        parts[key] = _mapped(parts[key], change)
    return change(parts)


def _without_documentation(node: Schema) -> Schema:
    return {key: value for key, value in node.items() if key not in _DOCUMENTATION and not key.startswith("x-")}


def _structure(node: Schema) -> Schema:
    kept = {key: value for key, value in node.items() if key in _STRUCTURE}
    return {key: value for key, value in kept.items() if (key, value) != ("additionalProperties", False)}


def _walk(node: Any, definitions: Schema, path: str, open_names: frozenset[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the path and the keyword `format` of each field below a node; enter recursive definitions only once."""
    if not isinstance(node, dict):
        return
    if name := node.get("$ref", "").removeprefix(_TO):
        if name not in open_names:
            yield from _walk(definitions[name], definitions, path, open_names | {name})
        return
    for key, part in node.get("properties", {}).items():
        yield f"{path}.{key}".removeprefix("."), part.get("format")
        yield from _walk(part, definitions, f"{path}.{key}", open_names)
    for part in (node.get("items"), node.get("additionalProperties")):
        yield from _walk(part, definitions, f"{path}[]", open_names)
    for part in (part for key in _LISTS & node.keys() for part in node[key]):
        yield from _walk(part, definitions, path, open_names)

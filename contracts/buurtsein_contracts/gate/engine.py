"""Decides whether one JSON Schema accepts every document that another one accepts; the engine can be exchanged.

Invariant: when an engine cannot prove it, the answer is no.
"""

import json
from typing import Any, Protocol, override

import jsoncompat

from buurtsein_contracts.fields import Schema


class Containment(Protocol):
    """A Protocol: decides whether one schema accepts every document that another accepts."""

    def outside(self, inner: Schema, outer: Schema) -> str | None:
        """Return None if `outer` accepts all documents of `inner`; else a refused example, or why none was found."""


class JsonCompat(Containment):
    """Compares two schemas with the library jsoncompat, which is exact on our schemas and gives a counterexample.

    The library does not look into the values of maps, so it gets each map with one or more named entries.
    """

    @override
    def outside(self, inner: Schema, outer: Schema) -> str | None:
        # jsoncompat calls this: can the new deserializer read what was written before
        result: Any = jsoncompat.analyze_compat(_with_entries(inner), _with_entries(outer), "deserializer")
        match result["status"]:
            case "compatible":
                return None
            case "incompatible":
                return str(result["counterexample_json"])
            case _:
                return f"not proved: {result['reason']}"


def _with_entries(schema: Schema) -> str:
    """Return a schema as JSON text in which each map (`additionalProperties`) has named entries.

    A map whose keys are an enum gets one entry for each key and refuses other keys. Any other map gets one entry named
    `any`, and still accepts all keys.
    """
    definitions = schema.get("$defs", {})

    def named(node: Any) -> Any:
        if isinstance(node, list):
            return [named(one) for one in node]
        if not isinstance(node, dict):
            return node
        whole = {key: named(value) for key, value in node.items()}
        value = whole.get("additionalProperties")
        if not isinstance(value, dict) or ("$ref" not in value and not value.keys() & {"type", "anyOf"}):
            return whole
        keys = whole.pop("propertyNames", {})
        keys = definitions.get(str(keys.get("$ref", "")).removeprefix("#/$defs/"), keys)
        entries = dict.fromkeys(keys.get("enum", ["any"]), value)
        closed = {"additionalProperties": False} if "enum" in keys else {}
        return whole | {"properties": entries | whole.get("properties", {})} | closed

    return json.dumps(named(schema))

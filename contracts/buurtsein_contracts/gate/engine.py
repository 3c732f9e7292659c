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
    """Compares two schemas with the library jsoncompat, which is exact on our schemas and gives a counterexample."""

    @override
    def outside(self, inner: Schema, outer: Schema) -> str | None:
        # jsoncompat calls this: can the new deserializer read what was written before
        result: Any = jsoncompat.analyze_compat(json.dumps(inner), json.dumps(outer), "deserializer")
        match result["status"]:
            case "compatible":
                return None
            case "incompatible":
                return str(result["counterexample_json"])
            case _:
                return f"not proved: {result['reason']}"

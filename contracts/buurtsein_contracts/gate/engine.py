"""Whether every document of one schema is accepted by another, behind one Protocol.

Invariant: what an engine cannot prove counts as not accepted.
"""

import json
from typing import Any, Protocol

import jsoncompat

from buurtsein_contracts.fields import Schema


class Containment(Protocol):
    """A prover of `inner` within `outer`."""

    def outside(self, inner: Schema, outer: Schema) -> str | None:
        """None when each document of `inner` is accepted by `outer`; else one that is not, or why none was proved."""


class JsonCompat:
    """The engine of the gate: exact on our schemas, and it names a counterexample."""

    def outside(self, inner: Schema, outer: Schema) -> str | None:
        """As the Protocol says."""
        # `deserializer`: does the new reader take all that was written before
        result: Any = jsoncompat.analyze_compat(json.dumps(inner), json.dumps(outer), "deserializer")
        match result["status"]:
            case "compatible":
                return None
            case "incompatible":
                return str(result["counterexample_json"])
            case _:
                return f"not proved: {result['reason']}"

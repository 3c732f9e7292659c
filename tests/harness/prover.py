"""Compares JSON schemas with the library subschema, to verify our own comparison."""

from typing import Any

from buurtsein_contracts.fields import Schema, resolved

_UNPROVABLE = {"description", "title", "$id", "$schema", "$defs", "format"}


class Subschema:
    """Compares two JSON schemas with the library `subschema`, to verify our own comparison."""

    def outside(self, inner: Schema, outer: Schema) -> str | None:
        """Return None when schema `outer` accepts each document that `inner` accepts, and otherwise a text."""
        import subschema  # noqa: PLC0415 # takes seconds to import

        subset = subschema.is_subschema(_plain(inner, inner.get("$defs", {})), _plain(outer, outer.get("$defs", {})))
        return None if subset else "refused"


def _plain(node: Any, definitions: Schema) -> Any:
    """Return a schema without references and descriptions, which the library subschema cannot read."""
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    whole = resolved(node, definitions) if "$ref" in node else node
    return {
        key: {name: _plain(part, definitions) for name, part in value.items()}
        if key == "properties"
        else _plain(value, definitions)
        for key, value in whole.items()
        if key not in _UNPROVABLE and not key.startswith("x-")
    }

"""Checks one version of an event alone: privacy tags, descriptions, maximum lengths, and valid examples."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from buurtsein_contracts.envelope import MAX_VALUE_BYTES
from buurtsein_contracts.fields import Field, fields_of
from buurtsein_contracts.gate.contract import Contract
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.goldens import folder_of
from buurtsein_contracts.model import EventData, Privacy, reader_of

MIN_EXAMPLES = 2
_BOUNDS = frozenset({"maxLength", "pattern", "format", "enum", "const"})


def field_findings(contract: Contract) -> Iterator[Finding]:
    """Yield a finding for each field without a privacy tag, a description in both languages, or a maximum length."""
    for field in fields_of(contract.reader).values():
        where = f"{contract.label} {field.path}"
        yield from _tagged(field, where)
        if not {"description", "x-description-nl"} <= field.schema.keys():
            yield Finding("description", where, "it is not described in both languages", "describe it with described()")
    for field in fields_of(contract.writer).values():
        yield from _bounded(field.schema, f"{contract.label} {field.path}")
    if not all(_closed(node) for node in (contract.writer, *contract.writer.get("$defs", {}).values())):
        yield Finding(
            "closed", contract.label, "the writer's schema takes unknown fields", "make each part an EventPart"
        )
    if contract.key not in contract.writer["required"]:
        yield Finding("key", contract.label, f"it can be sent without its key {contract.key}", "make the key required")


def _closed(node: dict[str, Any]) -> bool:
    """Return whether an object's schema refuses unknown fields; only such objects can be compared exactly."""
    return "properties" not in node or node.get("additionalProperties") is False


def _tagged(field: Field, where: str) -> Iterator[Finding]:
    if field.schema.get("x-personal-data") not in set(Privacy):
        known = ", ".join(Privacy)
        message = "it does not say what it tells of a person"
        yield Finding("privacy", where, message, f"give described() one of: {known}")


def _bounded(schema: dict[str, Any], where: str) -> Iterator[Finding]:
    if schema.get("type") == "string" and not _BOUNDS & schema.keys():
        yield Finding("bounds", where, "a text without a maximum length", "give it max_length or a pattern")
    if schema.get("type") == "array":
        if "maxItems" not in schema:
            yield Finding("bounds", where, "a list without a maximum length", "give it max_length")
        if isinstance(schema.get("items"), dict):
            yield from _bounded(schema["items"], f"{where}[]")
    for form in schema.get("anyOf", ()):
        yield from _bounded(form, where)


def example_findings(data: type[EventData], root: Path) -> Iterator[Finding]:
    """Yield a finding for missing, invalid or too large examples, and for invalid documents that are not refused."""
    folder = folder_of(data, root)
    examples, invalid = sorted(folder.glob("examples/*.json")), sorted(folder.glob("invalid/*.json"))
    if len(examples) < MIN_EXAMPLES or not invalid:
        message = f"{len(examples)} examples and {len(invalid)} invalid ones"
        way_out = f"put {MIN_EXAMPLES} in examples/ and 1 in invalid/<field>.<keyword>.json"
        yield Finding("examples", data.TYPE, message, way_out)
    for path in examples:
        yield from _valid(path, data, root)
    for path in invalid:
        yield from _refused(path, data, root)


def _valid(path: Path, data: type[EventData], root: Path) -> Iterator[Finding]:
    where = str(path.relative_to(root))
    text = path.read_bytes()
    if len(json.dumps(json.loads(text))) > MAX_VALUE_BYTES:
        yield Finding("size", where, f"larger than {MAX_VALUE_BYTES} bytes", "make it smaller, or refer to the rest")
    for model in (data, reader_of(data)):
        try:
            model.model_validate_json(text)
        except ValidationError as error:
            yield Finding("examples", where, f"not valid: {error.errors()[0]['msg']}", "correct the example")
            return


def _refused(path: Path, data: type[EventData], root: Path) -> Iterator[Finding]:
    try:
        reader_of(data).model_validate_json(path.read_bytes())
    except ValidationError as error:
        if path.name.split(".")[0] in {str(problem["loc"][0]) for problem in error.errors()}:
            return
    where = str(path.relative_to(root))
    yield Finding("invalid", where, "it is not refused for the field in its name", "correct the model or the file")

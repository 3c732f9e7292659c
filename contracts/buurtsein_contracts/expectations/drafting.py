"""Writes a first expectation file, from which a person removes what the consumer does not use."""

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from buurtsein_contracts.expectations.model import NAME
from buurtsein_contracts.expectations.proof import always_there
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.gate.contract import of_model
from buurtsein_contracts.model import EventData
from buurtsein_contracts.topics import Audience


def name_from(text: str) -> str:
    """Make a name of lower-case letters, digits and hyphens: `PZ Gent` gives `pz-gent`.

    Raises ValueError when nothing is left of it.
    """
    letters = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:61].rstrip("-")
    if not re.fullmatch(NAME, name):
        raise ValueError(f"{text!r} gives no name of 2 letters or more that begins with a letter")
    return name


def draft(
    organisation: str, consumer: str, principal: str, audience: Audience, events: Sequence[type[EventData]]
) -> str:
    """Return the YAML text of an expectation that is valid and lists every field that is always present."""
    head = [
        f"organisation: {organisation}",
        f"consumer: {consumer}",
        "contact: the desk that answers for this consumer, not a person",
        f"principal: {principal}",
        f"audience: {audience}",
        "expects:",
    ]
    return "\n".join([*head, *(line for data in events for line in _event(data))]) + "\n"


def _event(data: type[EventData]) -> Iterator[str]:
    contract = of_model(data)
    fields = fields_of(contract.writer)
    leaves = [path for path, field in fields.items() if "properties" not in field.schema]
    yield f"  - type: {data.TYPE}"
    yield "    fields:"
    yield from (f"      - {path}" for path in leaves if always_there(fields, path))
    if optional := [path for path in leaves if not always_there(fields, path)]:
        yield "    optional:"
        yield from (f"      - {path}" for path in optional)
    if known := {path: field for path, field in fields_of(contract.reader).items() if field.values}:
        yield "    values: # those you have a branch for"
        yield from (f"      {path}: [{', '.join(field.values)}]" for path, field in known.items())

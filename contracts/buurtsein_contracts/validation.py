"""Validates one JSON document and names file, line and rule of each problem. Needs the extra `cli`."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from buurtsein_contracts.envelope import EVENT_BY_TYPE, Unreadable, parse
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.lines import line_of
from buurtsein_contracts.model import EventData, reader_of

_SEE = "compare with `buurtsein-contracts examples`"


def problems_in(text: str, name: str, data: type[EventData] | None, *, strict: bool) -> list[Finding]:
    """Return the faults in a JSON text: the data of event `data`, or a whole CloudEvent when `data` is None."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [Finding("json", f"{name}:{getattr(error, 'lineno', 1)}", f"not JSON: {error}", "write JSON")]
    if data is not None:
        return list(_data_problems(document, text, name, data, (), strict=strict))
    return list(_event_problems(document, text, name, strict=strict))


def _event_problems(document: Any, text: str, name: str, *, strict: bool) -> Iterator[Finding]:
    type_name = document.get("type") if isinstance(document, dict) else None
    if not isinstance(type_name, str) or "specversion" not in document:
        way_out = "give --type when the file holds the data only"
        yield Finding("envelope", f"{name}:1", "not a structured CloudEvent: no type and specversion", way_out)
        return
    if data := EVENT_BY_TYPE.get(type_name):
        found = list(_data_problems(document.get("data"), text, name, data, ("data",), strict=strict))
        yield from found
        if found:
            return
    try:
        parse([("content-type", b"application/cloudevents+json")], text.encode())
    except Unreadable as error:
        place = error.detail.split(":")[0].removeprefix("attribute.")
        yield Finding(error.code, f"{name}:{line_of(text, (place,))}", error.detail, _SEE)


def _data_problems(
    document: Any, text: str, name: str, data: type[EventData], prefix: Sequence[str], *, strict: bool
) -> Iterator[Finding]:
    try:
        (data if strict else reader_of(data)).model_validate_json(json.dumps(document))
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            path = [*prefix, *problem["loc"]]
            where = f"{name}:{line_of(text, path)}"
            message = f"{'.'.join(map(str, problem['loc'])) or 'data'}: {problem['msg']}"
            yield Finding(problem["type"], where, message, _SEE)

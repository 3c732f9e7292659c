"""Writes the starter projects: per language a project with models, reader schemas, and records to test a consumer.

`starters/` holds the files that are written by hand; the others are made from the catalogue. Invariant: the same
catalogue gives the same bytes; therefore the ids of test records are computed from their purpose.
"""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from buurtsein_contracts.asyncapi import example_id
from buurtsein_contracts.envelope import Unreadable, headers_schema, parse
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.generate import GENERATORS
from buurtsein_contracts.goldens import folder_of, write_json
from buurtsein_contracts.model import EventData
from buurtsein_contracts.schemas import plain, reader_schema
from buurtsein_contracts.testing import records
from buurtsein_contracts.testing.records import Record

FOLDER = Path(__file__).parent / "starters"
_MADE = {"typescript": ("typescript", ""), "java": ("java", "src/main/java")}
"""For each starter project: the language of the generator for its models, and the folder for these models."""
_SCHEMAS = {"typescript": "", "java": "src/main/resources", "csharp": ""}
"""For each starter project: the folder for its file `reader-schemas.json`."""


def starting_files(to: Path) -> list[Path]:
    """Write the starter projects and the test records into the portal's folder; return the files written."""
    shutil.copytree(FOLDER, to, dirs_exist_ok=True)
    for starter, (generator, folder) in _MADE.items():
        for name, text in GENERATORS[generator](EVENTS).items():
            path = to / starter / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for starter, folder in _SCHEMAS.items():
        write_json(to / starter / folder / "reader-schemas.json", reader_schemas())
    for data in EVENTS:
        write_json(folder_of(data, to / "schemas") / "records.json", test_records(data))
    made = [path for starter in _SCHEMAS for path in (to / starter).rglob("*") if path.is_file()]
    return sorted([*made, *(to / "schemas").rglob("records.json")])


def reader_schemas() -> dict[str, Any]:
    """Return the schemas for starter projects: of the headers without `ce_`, and of the data of each event type."""
    headers = headers_schema()
    counted_on = [name for name in headers["required"] if name != "dataschema"]
    events = {data.TYPE: {"key": data.TOPIC.key, "schema": plain(reader_schema(data))} for data in EVENTS}
    return {"headers": headers | {"required": counted_on}, "events": events}


def test_records(data: type[EventData]) -> dict[str, Any]:
    """Return the records to test a consumer of one event, by what they test; each has `key`, `headers` and `value`."""
    name = data.__name__
    poison = records.broken(name)
    given = {
        "duplicate": records.duplicated(name),
        "out_of_order": [records.as_record(records.made(name, sequence)) for sequence in (1, 3, 2)],
        "future_version": records.from_the_future(name),
    }
    return {
        "about": "value_base64 is there instead of value when the bytes are not UTF-8; null: there is none",
        **{kind: _documents(data, kind, found) for kind, found in given.items()},
        "poison": {
            wrong: {"code": _code(record), "record": _document(data, wrong, record)} for wrong, record in poison.items()
        },
    }


def _documents(data: type[EventData], kind: str, found: Sequence[Record]) -> list[dict[str, Any]]:
    """Return test records as JSON documents, each with an event id of its own.

    A record that occurs twice keeps the same id.
    """
    numbers = {id(record): number for number, record in enumerate(found)}
    return [_document(data, f"{kind}-{numbers[id(record)]}", record) for record in found]


def _document(data: type[EventData], what: str, record: Record) -> dict[str, Any]:
    headers = {name: value.decode() if value else value for name, value in record.headers}
    if "ce_id" in headers:
        headers["ce_id"] = str(example_id(data, what))
    key = record.key.decode() if record.key else None
    return {"topic": record.topic, "key": key, "headers": headers} | dict(_value(record.value))


def _value(value: bytes | None) -> Iterator[tuple[str, str | None]]:
    try:
        yield "value", value.decode() if value is not None else None
    except UnicodeDecodeError:
        yield "value_base64", b64encode(value or b"").decode()


def _code(record: Record) -> str:
    try:
        parse(record.headers, record.value)
    except Unreadable as problem:
        return problem.code
    raise AssertionError(f"poison that can be read: {json.dumps(str(record))}")

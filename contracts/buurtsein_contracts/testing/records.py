"""Makes records as a Kafka client returns them: valid ones, and ones with every fault that a consumer can meet.

It needs no test framework and no Kafka client, only bytes. The pytest fixtures are in `plugin`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from buurtsein_contracts.envelope import Event, KafkaRecord, to_kafka
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.fields import Schema, resolved
from buurtsein_contracts.goldens import examples_of
from buurtsein_contracts.identifiers import uuid7
from buurtsein_contracts.model import EventData
from buurtsein_contracts.schemas import reader_schema

SOURCE = "urn:be:nis:41002:bin:test"
MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
UNKNOWN = "not_known_yet"
"""A name that no version has; records from a newer version use it as enum value and as name of a field."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as a Kafka client returns it; key or value is None when a faulty record has none."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


def named(name: str) -> type[EventData]:
    """Return the event class with this name or event type; raise LookupError when there is none."""
    found = [data for data in EVENTS if name in {data.__name__, data.TYPE}]
    if not found:
        raise LookupError(f"no event {name!r} in this version of buurtsein-contracts")
    return found[0]


def event_from(data: type[EventData], document: Mapping[str, Any], sequence: int = 1) -> Event[Any]:
    """Return an event with this data and a new id; raise ValidationError for data that a writer may not send."""
    return Event(uuid7(), SOURCE, MOMENT, sequence, data.model_validate_json(json.dumps(document, default=str)))


def made(name: str, /, sequence: int = 1, **changes: object) -> Event[Any]:
    """Return an event of the named type, made from its first committed example, with some fields changed."""
    data = named(name)
    return event_from(data, json.loads(examples_of(data)[0]) | changes, sequence)


def from_example(data: type[EventData], path: Path) -> Record:
    """Return a committed example, of any version, as the record that a consumer receives."""
    return as_record(event_from(data, json.loads(path.read_text())))


def as_record(event: Event[Any]) -> Record:
    """Return an event in the form of the record that a consumer receives."""
    return _raw(to_kafka(event))


def duplicated(name: str, /, **changes: object) -> list[Record]:
    """Return the record of one event twice, as a producer sends it again after a crash."""
    record = as_record(made(name, 1, **changes))
    return [record, record]


def out_of_order(name: str, /, earlier: Mapping[str, object], later: Mapping[str, object]) -> list[Record]:
    """Return two events about one subject, the later one first; only `ce_sequence` shows their order."""
    return [as_record(made(name, 2, **later)), as_record(made(name, 1, **earlier))]


def from_the_future(name: str, /, field: str | None = None) -> list[Record]:
    """Return an event as a newer minor version may send it: with an unknown field, and with unknown enum values.

    With `field` (such as `route_to` or `conditions[].code`) it returns one record that has an unknown value in that
    field only; it raises LookupError when the first example has no open enum there.
    """
    data = named(name)
    example = json.loads(examples_of(data)[0])
    schema = reader_schema(data)
    unknown = _with_unknown_values(example, schema, schema.get("$defs", {}), only=field)
    if field and unknown == example:
        raise LookupError(f"no open enum {field!r} in the first example of {data.__name__}")
    newer_field = [] if field else [_record_of(data, _with_unknown_field(example))]
    return [*newer_field, *([_record_of(data, unknown)] if unknown != example else [])]


def poisoned(name: str) -> dict[str, Record]:
    """Return records that no consumer can read, by what is wrong with them; none of them may stop a consumer."""
    found = broken(name)
    return found | _as_other_clients_give_it(found["unknown type"])


def broken(name: str) -> dict[str, Record]:
    """Return unreadable records by their fault, except faults that cannot occur in every language's Kafka client."""
    good = as_record(made(name))
    headers = dict(good.headers)
    kind = named(name).TYPE

    def with_headers(**changed: bytes | None) -> Record:
        return replace(good, headers=list((headers | changed).items()))

    return {
        "not JSON": replace(good, value=b"<report/>"),
        "not UTF-8": replace(good, value=b"\xff\xfe\x00"),
        "no value": replace(good, value=None),
        "empty value": replace(good, value=b""),
        "data of another shape": replace(good, value=b"[]"),
        "a required field less": replace(good, value=b"{}"),
        "deeply nested": replace(good, value=b"[" * 20_000),
        "no headers": replace(good, headers=[]),
        "unknown type": with_headers(ce_type=b"be.bin.drone.seen.v1"),
        "unknown version": with_headers(ce_type=f"{kind.rpartition('.v')[0]}.v99".encode()),
        "the value null": replace(good, value=b"null"),
        "data_base64 that is none": replace(
            good, headers=[("content-type", b"application/cloudevents+json")], value=b'{"data_base64": "?"}'
        ),
    }


def _as_other_clients_give_it(unknown: Record) -> dict[str, Record]:
    """Return a record of an unknown event type with headers in the Python types of other Kafka clients."""
    pairs = [(name, value or b"") for name, value in unknown.headers]
    shapes: dict[str, Any] = {
        "headers None": None,
        "headers as a dict": dict(pairs),
        "header values as text": [(name, value.decode()) for name, value in pairs],
        "header values as memoryview": [(name, memoryview(value)) for name, value in pairs],
        "headers that are no pairs": ["ce_type"],
    }
    return {what: replace(unknown, headers=headers) for what, headers in shapes.items()}


def _raw(record: KafkaRecord) -> Record:
    return Record(record.topic, record.key, record.value, [*record.headers])


def _record_of(data: type[EventData], document: Mapping[str, Any]) -> Record:
    """Return a record with data that the writer of this version would refuse."""
    present = as_record(event_from(data, json.loads(examples_of(data)[0])))
    newer = {"ce_dataschema": f"urn:buurtsein:schema:{data.TYPE}:1.99.0".encode(), "ce_id": str(uuid7()).encode()}
    return replace(present, value=json.dumps(document).encode(), headers=list((dict(present.headers) | newer).items()))


def _with_unknown_field(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_unknown_field(item) for item in node]
    if isinstance(node, dict):
        return {key: _with_unknown_field(value) for key, value in node.items()} | {UNKNOWN: {"since": "1.99.0"}}
    return node


def _with_unknown_values(
    node: Any, schema: Schema, definitions: Schema, *, at: str = "", only: str | None = None
) -> Any:
    schema = resolved(schema, definitions)
    if "x-extensible-enum" in schema:
        return UNKNOWN if only in {None, at.removesuffix("[]")} else node
    if isinstance(node, list) and isinstance(schema.get("items"), dict):
        items = schema["items"]
        return [_with_unknown_values(item, items, definitions, at=f"{at}[]", only=only) for item in node]
    if isinstance(node, dict):
        parts, prefix = schema.get("properties", {}), f"{at}." if at else ""
        return {
            key: _with_unknown_values(value, parts.get(key, {}), definitions, at=prefix + key, only=only)
            for key, value in node.items()
        }
    return node

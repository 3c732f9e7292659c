"""Checks every record on the topics against the committed writer schemas. Needs the extra `kafka`.

It is stricter than `parse`, which accepts all that a consumer must accept. Each record is checked against the writer
schema that its `dataschema` names, and each stream for gaps and duplicates in its sequence. Invariant: no record makes
the audit raise an exception.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
from aiokafka import ConsumerRecord

from buurtsein_contracts.envelope import MAX_VALUE_BYTES
from buurtsein_contracts.fields import Schema
from buurtsein_contracts.goldens import FOLDER, HEADERS, read_index

_PREFIX = "ce_"
_URN = "urn:buurtsein:schema:"


@dataclass(frozen=True)
class Promise:
    """Checks single records against the committed writer schemas in a folder (the goldens)."""

    root: Path = FOLDER

    @cached_property
    def _entries(self) -> dict[str, dict[str, Any]]:
        return {f"{_URN}{entry['type']}:{entry['version']}": entry for entry in read_index(self.root)["events"]}

    @cached_property
    def _attributes(self) -> Schema:
        schema: Schema = json.loads((self.root / HEADERS).read_text())
        return schema

    @cached_property
    def _headers_validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self._attributes, validate_formats=True)

    def broken_by(self, record: ConsumerRecord) -> list[str]:
        """Return each violation of the contract by a record, as `<code>: <text>`.

        The codes are headers, topic, size, key, subject and writer.
        """
        attributes = attributes_of(record)
        found = list(self._header_problems(record, attributes))
        if len(record.value or b"") > MAX_VALUE_BYTES:
            found.append(f"size: {len(record.value or b'')} bytes")
        entry = self._entries.get(attributes.get("dataschema", ""))
        if entry is None:
            return [*found, "writer: ce_dataschema names no golden of ours"]
        return [*found, *self._data_problems(record, attributes, entry)]

    def _header_problems(self, record: ConsumerRecord, attributes: dict[str, str]) -> Iterator[str]:
        yield from (f"headers: {problem}" for problem in _refused(self._headers_validator, attributes))
        names = Counter(name for name, _ in record.headers if name.lower().startswith(_PREFIX))
        promised = {_PREFIX + name for name in self._attributes["properties"]}
        yield from (f"headers: not promised: {name}" for name in sorted(names.keys() - promised))
        yield from (f"headers: more than once: {name}" for name, number in sorted(names.items()) if number > 1)
        if dict(record.headers).get("content-type") != b"application/json":
            yield "headers: content-type is not application/json"

    def _data_problems(
        self, record: ConsumerRecord, attributes: dict[str, str], entry: dict[str, Any]
    ) -> Iterator[str]:
        if attributes.get("type") != entry["type"]:
            yield f"headers: ce_type is not that of ce_dataschema, {entry['type']}"
        places = [entry["topic"], *entry["also_on"]]
        if record.topic not in places:
            yield f"topic: {entry['type']} belongs on {' or '.join(places)}"
        data = _json(record.value)
        schema = self.root / entry["type"] / entry["version"] / "writer.schema.json"
        yield from (f"writer: {problem}" for problem in _refused(_validator(schema), data))
        fields = data if isinstance(data, dict) else {}
        if record.key != str(fields.get(entry["key"])).encode(errors="replace"):
            yield f"key: the record's key is not the data's {entry['key']}"
        if attributes.get("partitionkey") != fields.get(entry["key"]):
            yield f"key: ce_partitionkey is not the data's {entry['key']}"
        if attributes.get("subject") != fields.get(entry["subject"]):
            yield f"subject: ce_subject is not the data's {entry['subject']}"


def attributes_of(record: ConsumerRecord) -> dict[str, str]:
    """Return the CloudEvents attributes of a record in binary mode, by name without `ce_`."""
    return {
        name.removeprefix(_PREFIX): (value or b"").decode("utf-8", "replace")
        for name, value in record.headers
        if name.startswith(_PREFIX)
    }


@cache
def _validator(schema: Path) -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a committed schema, cached because the schema file does not change."""
    return jsonschema_rs.Draft202012Validator(json.loads(schema.read_text()), validate_formats=True)


def _refused(validator: jsonschema_rs.Draft202012Validator, document: Any) -> list[str]:
    """Return each error of a document against its schema: the place and the schema keyword, but never the value.

    Returns "not JSON" when a value cannot be checked, such as NaN.
    """
    try:
        found = list(validator.iter_errors(document))
    except ValueError:
        return ["not JSON"]
    return [f"{'.'.join(map(str, error.instance_path)) or 'as a whole'}: {error.schema_path[-1]}" for error in found]


def _json(value: bytes | None) -> Any:
    """Return the parsed JSON of a record's value, or None for invalid JSON, which every event schema refuses."""
    try:
        return json.loads(value or b"")
    except (ValueError, RecursionError):
        return None


@dataclass(slots=True)
class _Stream:
    """The audit's state for one stream, which is all events with one key on one topic."""

    partition: int
    last: int = 0
    ids: dict[int, str] = field(default_factory=dict)


@dataclass
class Audit:
    """Checks each record of the topics, and that the sequences of each key follow each other without gaps."""

    promise: Promise = field(default_factory=Promise)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The number of records by topic and `ce_type`."""
    problems: list[str] = field(default_factory=list)
    """The problems found, each as `<topic>/<partition>@<offset> <code>: <text>`. The code is one of those of `Promise`,
    or sequence or partition."""
    _streams: dict[tuple[str, bytes | None], _Stream] = field(default_factory=dict)
    _begins: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Return whether the audit saw records and found no violation."""
        return bool(self.counts) and not self.problems

    @property
    def events(self) -> int:
        """Return the number of different events; an event that was sent twice counts once."""
        return sum(len(stream.ids) for stream in self._streams.values())

    def see(self, record: ConsumerRecord) -> None:
        """Check the next record; records of one partition must be passed in their order."""
        attributes = attributes_of(record)
        self.counts[record.topic, attributes.get("type", "?")] += 1
        self._begins.setdefault((record.topic, record.partition), record.offset)
        found = [*self.promise.broken_by(record), *self._stream_problems(record, attributes)]
        self.problems += [f"{record.topic}/{record.partition}@{record.offset} {problem}" for problem in found]

    def _stream_problems(self, record: ConsumerRecord, attributes: dict[str, str]) -> Iterator[str]:
        stream = self._streams.setdefault((record.topic, record.key), _Stream(record.partition))
        if record.partition != stream.partition:
            yield f"partition: the key was in {stream.partition} before"
        number, identifier = attributes.get("sequence", ""), attributes.get("id", "")
        if not (number.isascii() and number.isdigit()):
            return  # the check of the headers has reported this already
        yield from self._number_problems(record, stream, int(number), identifier)

    def _number_problems(self, record: ConsumerRecord, stream: _Stream, number: int, identifier: str) -> Iterator[str]:
        """Yield a problem when an event's sequence does not follow the last sequence of its stream.

        Duplicates are allowed, and a stream may begin later than 1, because retention deletes old events.
        """
        if number in stream.ids:
            if stream.ids[number] != identifier:
                yield f"sequence: two events are number {number}"
            return
        cut_off = not stream.ids and self._begins[record.topic, record.partition] > 0
        if number != stream.last + 1 and not cut_off:
            yield f"sequence: {number} comes after {stream.last}"
        stream.ids[number], stream.last = identifier, max(number, stream.last)

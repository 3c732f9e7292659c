"""Collects the data for the portal's page about an event, from its model, committed schemas and expectations."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from buurtsein_contracts.envelope import Unreadable, parse
from buurtsein_contracts.expectations.model import Expectation, ExpectedEvent
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.gate.compare import compare
from buurtsein_contracts.gate.contract import Contract, committed
from buurtsein_contracts.gate.engine import JsonCompat
from buurtsein_contracts.goldens import folder_of, read_index
from buurtsein_contracts.model import EventData, Privacy
from buurtsein_contracts.portal.fields import FieldRow, rows_of
from buurtsein_contracts.topics import Topic

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A committed example: its data, and key, headers and value of its Kafka record."""

    name: str
    document: str
    key: str
    headers: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A committed document that breaks one rule, with the code and detail that `parse` raises."""

    file: str
    """The path of the document, relative to the folder of goldens."""
    field: str
    rule: str
    """The JSON Schema keyword that the document breaks."""
    value: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the event's schema; `changes` lists the differences from the previous version."""

    number: str
    package: str | None
    """The version of this package that released the schema; None when it is not released."""
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """The fields, values and headers of an event that a consumer uses, according to its expectation file."""

    who: Expectation
    what: ExpectedEvent


@dataclass(frozen=True, slots=True)
class EventDetails:
    """All data that the portal's page about one event shows."""

    data: type[EventData]
    purpose: str
    fields: tuple[FieldRow, ...]
    examples: tuple[Example, ...]
    refused: tuple[Refused, ...]
    versions: tuple[Version, ...]
    """All versions of the event's schema, the newest first."""
    uses: tuple[Use, ...]
    schemas: str
    """The folder with the schemas of the present version, relative to the folder of goldens."""

    @property
    def name(self) -> str:
        """Return the class name of the event, such as `AlertSent`."""
        return self.data.__name__

    @property
    def topic(self) -> Topic:
        """Return the main topic of the event."""
        return self.data.TOPIC

    @property
    def personal(self) -> list[FieldRow]:
        """Return the fields of the event whose privacy tag is not `none`."""
        return [field for field in self.fields if field.privacy is not Privacy.NONE]

    @property
    def is_sent(self) -> bool:
        """Return whether a service sends the event today."""
        return not self.data.PLANNED


def details_of(
    data: type[EventData], root: Path, messages: Document, expectations: Sequence[Expectation]
) -> EventDetails:
    """Collect the data for the page about one event; `messages` are those of the AsyncAPI document, by class name."""
    examples = tuple(_example(data, example) for example in messages[data.__name__]["examples"])
    return EventDetails(
        data=data,
        purpose=" ".join((data.__doc__ or "").split()),
        fields=tuple(rows_of(data)),
        examples=examples,
        refused=tuple(_refused(data, path, examples[0]) for path in _documents(data, root, "invalid")),
        versions=tuple(_versions(data, root))[::-1],
        uses=tuple(Use(who, what) for who in expectations for what in who.expects if what.type == data.TYPE),
        schemas=f"{data.TYPE}/{data.VERSION}",
    )


def _documents(data: type[EventData], root: Path, kind: str) -> list[Path]:
    return sorted((folder_of(data, root) / kind).glob("*.json"))


def _example(data: type[EventData], example: Document) -> Example:
    payload = example["payload"]
    return Example(
        name=example["name"],
        document=_text(payload),
        key=str(payload[data.TOPIC.key]),
        headers=tuple(example["headers"].items()),
        value=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
    )


def _refused(data: type[EventData], path: Path, example: Example) -> Refused:
    *names, rule = path.stem.split(".")
    code, detail = _answer(path.read_bytes(), example)
    return Refused(
        file=f"{data.TYPE}/{data.VERSION}/invalid/{path.name}",
        field=".".join(names),
        rule=rule,
        value=_value_at(json.loads(path.read_text()), names),
        code=code,
        detail=detail,
    )


def _answer(body: bytes, example: Example) -> tuple[str, str]:
    headers = [(name, value.encode()) for name, value in example.headers]
    try:
        parse(headers, body)
    except Unreadable as problem:
        return problem.code, problem.detail
    return "", "read without a complaint"


def _value_at(document: Any, names: Sequence[str]) -> str:
    for name in names:
        if not isinstance(document, dict) or name not in document:
            return "left out"
        document = document[name]
    text = json.dumps(document, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 # what fits in a cell


def _versions(data: type[EventData], root: Path) -> Iterator[Version]:
    packages = {(entry["type"], entry["version"]): entry["released"] for entry in read_index(root)["events"]}
    contracts = [contract for contract in committed(root, only_released=False) if contract.type == data.TYPE]
    for contract in contracts[:1]:
        yield Version(contract.version, packages[data.TYPE, contract.version], ("First version.",))
    for old, new in pairwise(contracts):
        yield Version(new.version, packages[data.TYPE, new.version], tuple(_changes(old, new)))


def _changes(old: Contract, new: Contract) -> Iterator[str]:
    verdict = compare(old, new, JsonCompat())
    before, after = fields_of(old.reader), fields_of(new.reader)
    for path in verdict.changed:
        word = "new" if path not in before else "gone" if path not in after else "changed"
        yield f"{word}: {path}"
    if not verdict.changed:
        yield "Texts only."


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)

"""Defines the contract of one event type in one version, made from a model or read from committed schemas."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buurtsein_contracts.fields import Schema
from buurtsein_contracts.goldens import ANNOTATED, read_index, released
from buurtsein_contracts.model import EventData
from buurtsein_contracts.schemas import plain, reader_schema, writer_schema


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of an event type in one version: its topics, its key and subject, and its two schemas."""

    type: str
    version: str
    name: str
    topic: str
    also_on: tuple[str, ...]
    """The other topics on which the event is sent, for other readers."""
    key: str
    subject: str
    """The name of the data field whose value is the subject of the event."""
    writer: Schema
    """The writer schema, in standard keywords only."""
    reader: Schema
    """The reader schema, with our annotations."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Return every topic on which the event is sent."""
        return (self.topic, *self.also_on)

    @property
    def label(self) -> str:
        """Return type and version, such as `be.bin.incident.reported.v1 1.0.0`."""
        return f"{self.type} {self.version}"


def of_model(data: type[EventData]) -> Contract:
    """Return the contract of an event model as the code defines it now."""
    return Contract(
        data.TYPE,
        data.VERSION,
        data.__name__,
        data.TOPIC.name,
        tuple(topic.name for topic in data.ALSO_ON),
        data.TOPIC.key,
        data.SUBJECT or data.TOPIC.key,
        plain(writer_schema(data)),
        reader_schema(data),
    )


def committed(root: Path, *, only_released: bool = True) -> list[Contract]:
    """Read the contracts from a folder of committed schemas (the goldens), in the order of its index."""
    index = read_index(root)
    return [_read(entry, root) for entry in (released(index) if only_released else index["events"])]


def _read(entry: dict[str, Any], root: Path) -> Contract:
    folder = root / entry["type"] / entry["version"]
    return Contract(
        entry["type"],
        entry["version"],
        entry["name"],
        entry["topic"],
        tuple(entry["also_on"]),
        entry["key"],
        entry["subject"],
        json.loads((folder / "writer.schema.json").read_text()),
        json.loads((folder / ANNOTATED).read_text()),
    )

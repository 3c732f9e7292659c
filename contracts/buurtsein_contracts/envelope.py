"""Writes events as CloudEvents 1.0 records for Kafka in binary mode, and reads binary and structured mode.

Source: the CloudEvents 1.0 specification and its Kafka protocol binding. Invariant: for any bytes, `parse` returns an
`Event` or raises one of the three subclasses of `Unreadable`, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict, cast
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.model import EventData, reader_of
from buurtsein_contracts.wire import Bytes, Headers, Malformed, as_bytes, as_texts, unfolded

MAX_VALUE_BYTES = 64 * 1024
SEQUENCE_DIGITS = 20
MAX_SEQUENCE = 2**63 - 1
"""The largest signed 64-bit integer, so that every consumer's database can store a sequence."""
_CONTENT_TYPE = ("content-type", b"application/json")
ENVELOPE_VERSION = "1.0.0"
"""The version of the set of attributes. A new optional attribute raises the minor number; a breaking change within
version 1 is refused."""

EVENT_BY_TYPE: dict[str, type[EventData]] = {data.TYPE: data for data in EVENTS}
_KNOWN_STEMS = {name.rpartition(".")[0] for name in EVENT_BY_TYPE}


class Unreadable(Exception):
    """Raised for a record that this package cannot read; `code` is stable, `detail` contains no data of the record."""

    code = "unreadable"

    def __init__(self, detail: str) -> None:
        """Make the error; `detail` says what is wrong with the record and where, without data of the record."""
        super().__init__(detail)
        self.detail = detail


class UnknownEventType(Unreadable):
    """Raised for a valid envelope whose event type this package does not know, such as a type of a newer release."""

    code = "unknown_type"


class UnknownEventVersion(Unreadable):
    """Raised for a known event type in a major version that this package does not have."""

    code = "unknown_version"


class InvalidEvent(Unreadable):
    """Raised when the bytes, the attributes or the data do not follow the contract."""

    code = "invalid_event"


class EventTooLarge(ValueError):
    """Raised when the data are larger than 64 KiB, the size that every CloudEvents intermediary must forward."""


@dataclass(frozen=True, slots=True)
class Event[D: EventData]:
    """One event: its data and the attributes that a consumer needs."""

    id: UUID
    source: str
    time: datetime
    sequence: int
    """The position in the stream of one topic and key: 1, 2, 3 ... without gaps."""
    data: D
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    key: str = field(init=False)
    """The record key; events with the same key are in order."""

    def __post_init__(self) -> None:
        """Compute the record key now and keep it, because it is read often."""
        object.__setattr__(self, "key", self.data.key)

    @property
    def type(self) -> str:
        """Return the CloudEvents type of the event, such as `be.bin.alert.sent.v1`."""
        return self.data.TYPE

    @property
    def subject(self) -> str:
        """Return the CloudEvents subject: the id of what the event is about, such as the id of an alert."""
        return self.data.subject


@dataclass(frozen=True, slots=True)
class KafkaRecord:
    """The parts of a Kafka record, to be sent with any Kafka client."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def _counted(sequence: str) -> str:
    if not 1 <= int(sequence) <= MAX_SEQUENCE:
        raise PydanticCustomError("sequence_range", "a stream's events are numbered from 1 to 2^63 - 1")
    return sequence


_Key = Annotated[str, Field(min_length=1, max_length=200)]
_Sequence = Annotated[str, Field(pattern=r"^[0-9]{20}$"), AfterValidator(_counted)]


class _Attributes(TypedDict):
    specversion: Annotated[str, Field(pattern=r"^1\.0$")]
    id: UUID
    source: Annotated[str, Field(min_length=1, max_length=500)]
    type: str
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    time: AwareDatetime
    partitionkey: _Key
    sequence: _Sequence
    correlationid: NotRequired[Annotated[str, Field(max_length=200)]]
    causationid: NotRequired[Annotated[str, Field(max_length=200)]]
    traceparent: NotRequired[Annotated[str, Field(max_length=200)]]


class Place(NamedTuple):
    """An event's record key, and its sequence number among the events with that key."""

    key: str
    sequence: int


_ATTRIBUTES = TypeAdapter(_Attributes)
_READ = {"content-type": "content-type"} | {"ce_" + name: name for name in _Attributes.__annotations__}
"""The headers that are read: the name of the attribute, by the header's name in lower case."""
_PLACE: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[_Key, _Sequence])


def place_of(headers: Headers) -> Place | None:
    """Return key and sequence from a record's headers, even when the record's type or data cannot be read.

    None when the headers do not contain them.
    """
    try:
        attributes = as_texts(headers, _READ)
        key, sequence = _PLACE.validate_python((attributes.get("partitionkey"), attributes.get("sequence")))
        return Place(key, int(sequence))
    except (Malformed, ValidationError):
        return None


def is_known(type_name: str) -> bool:
    """Return whether this version of the package can read events of this type."""
    return type_name in EVENT_BY_TYPE


def data_schema(data: type[EventData]) -> str:
    """Return the `dataschema` URI of the schema that this version of the package writes."""
    return f"urn:buurtsein:schema:{data.TYPE}:{data.VERSION}"


def headers_schema() -> dict[str, Any]:
    """Return the JSON Schema of the CloudEvents attributes as strings, with their names without `ce_`."""
    schema = _ATTRIBUTES.json_schema()
    texts = {name: {k: v for k, v in part.items() if k != "title"} for name, part in schema["properties"].items()}
    texts["dataschema"] = {"pattern": r"^urn:buurtsein:schema:[a-z0-9.-]+:[0-9]+\.[0-9]+\.[0-9]+$", "type": "string"}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:buurtsein:schema:headers:{ENVELOPE_VERSION}",
    }
    required = [*schema["required"], "dataschema"]
    return head | {"type": "object", "properties": texts, "required": required}


def attributes_of(event: Event[Any]) -> dict[str, str]:
    """Return all CloudEvents attributes of an event as strings; attributes without a value are left out."""
    return attributes(
        id=str(event.id),
        source=event.source,
        type=event.type,
        subject=event.subject,
        time=event.time.isoformat().replace("+00:00", "Z"),
        dataschema=data_schema(type(event.data)),
        key=event.key,
        sequence=event.sequence,
        correlationid=event.correlation_id,
        causationid=event.causation_id,
        traceparent=event.traceparent,
    )


def attributes(*, id: str, time: str, key: str, sequence: int, **texts: str | None) -> dict[str, str]:  # noqa: A002
    """Return the CloudEvents attributes of an event as strings; `id` and `time` must be strings already."""
    named = {"specversion": "1.0", "id": id, "time": time, "partitionkey": key}
    named["sequence"] = f"{sequence:0{SEQUENCE_DIGITS}d}"
    return named | {name: text for name, text in texts.items() if text is not None}


def to_kafka(event: Event[Any]) -> KafkaRecord:
    """Return the Kafka record of an event in binary mode; raise EventTooLarge when the data exceed 64 KiB."""
    value = to_value(event.data)
    return KafkaRecord(event.data.TOPIC.name, event.key.encode(), value, kafka_headers(attributes_of(event)))


def to_value(data: EventData) -> bytes:
    """Return the record's value as JSON bytes; raise EventTooLarge when they exceed 64 KiB."""
    value = data.to_json().encode()
    if len(value) > MAX_VALUE_BYTES:
        raise EventTooLarge(data.TYPE)
    return value


def kafka_headers(attributes: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """Return the attributes as Kafka headers `ce_*`, plus `content-type` and, when there is one, `traceparent`."""
    headers = [("ce_" + name, value.encode()) for name, value in attributes.items()]
    headers.append(_CONTENT_TYPE)
    if "traceparent" in attributes:
        headers.append(("traceparent", attributes["traceparent"].encode()))
    return headers


def parse(headers: Headers, value: Bytes | None) -> Event[Any]:
    """Read a record in binary or structured mode with the reader models.

    Headers are pairs, a mapping or None, and values are any kind of bytes or a string, as the Kafka client returns
    them.

    Raises:
        UnknownEventType: this package does not have the event type.
        UnknownEventVersion: this package does not have this major version of the type.
        InvalidEvent: the bytes, the attributes or the data do not follow the contract.
    """
    try:
        attributes, body = as_texts(headers, _READ), as_bytes(value)
        if attributes.pop("content-type", "").lower().startswith("application/cloudevents"):
            attributes, body = unfolded(body)
    except Malformed as error:
        raise InvalidEvent(str(error)) from None
    return _event(_validated(attributes), body)


def _validated(attributes: dict[str, Any]) -> _Attributes:
    try:
        return _ATTRIBUTES.validate_python(attributes)
    except ValidationError as error:
        raise InvalidEvent(_explained("attribute", error)) from None


def _event(attributes: _Attributes, body: bytes) -> Event[Any]:
    if len(body) > MAX_VALUE_BYTES:
        raise InvalidEvent(f"data larger than {MAX_VALUE_BYTES} bytes")
    event = Event(
        id=attributes["id"],
        source=attributes["source"],
        time=attributes["time"],
        sequence=int(attributes["sequence"]),
        data=_read_data(attributes["type"], body),
        correlation_id=attributes.get("correlationid"),
        causation_id=attributes.get("causationid"),
        traceparent=attributes.get("traceparent"),
    )
    if event.key != attributes["partitionkey"]:
        raise InvalidEvent("partitionkey differs from the key field of the data")
    return event


def _read_data(type_name: str, body: bytes) -> EventData:
    model = EVENT_BY_TYPE.get(type_name)
    if model is None:
        known = type_name.rpartition(".")[0] in _KNOWN_STEMS
        raise (UnknownEventVersion if known else UnknownEventType)(type_name[:200])
    try:
        return cast("EventData", reader_of(model).model_validate_json(body))
    except ValidationError as error:
        raise InvalidEvent(_explained("data", error)) from None


def _explained(where: str, error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{where}.{'.'.join(map(str, p['loc']))}: {p['type']}" for p in problems[:5])

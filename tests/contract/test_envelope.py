"""Kafka records follow CloudEvents: the official CloudEvents SDK reads our records, and we read the SDK's records."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_contracts import (
    EVENTS,
    Event,
    EventData,
    EventTooLarge,
    InvalidEvent,
    UnknownEventType,
    UnknownEventVersion,
    Unreadable,
    parse,
    to_kafka,
    uuid7,
)
from buurtsein_contracts.envelope import attributes_of
from buurtsein_contracts.events import NetworkApproved
from buurtsein_contracts.goldens import examples_of

MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def event_of(data: type[EventData]) -> Event[Any]:
    example = data.model_validate_json(examples_of(data)[0])
    return Event(uuid7(), "urn:be:nis:41002:bin:test", MOMENT, 7, example, "correlation-1", None, None)


@pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)
def test_a_written_event_can_be_read(data: type[EventData]) -> None:
    event = event_of(data)
    record = to_kafka(event)
    back = parse(record.headers, record.value)
    assert (back.id, back.type, back.key, back.subject) == (event.id, event.type, event.key, event.subject)
    assert (back.sequence, back.time, back.correlation_id) == (7, MOMENT, "correlation-1")
    assert back.data.model_dump() == event.data.model_dump()
    assert record.topic == data.TOPIC.name
    assert record.key == event.key.encode()


def test_headers_are_those_of_the_kafka_binding() -> None:
    event = event_of(NetworkApproved)
    headers = dict(to_kafka(event).headers)
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"be.bin.network.approved.v1"
    assert headers["ce_sequence"] == b"00000000000000000007"
    assert headers["ce_time"] == b"2026-11-24T08:30:00Z"
    assert headers["ce_dataschema"] == b"urn:buurtsein:schema:be.bin.network.approved.v1:1.0.0"
    assert headers["content-type"] == b"application/json"
    assert "ce_causationid" not in headers


def test_the_official_sdk_reads_what_we_write() -> None:
    event = event_of(EVENTS[0])
    record = to_kafka(event)
    message = KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value)
    read = from_binary_event(message, JSONFormat())
    expected = {k: v for k, v in attributes_of(event).items() if k not in {"time", "partitionkey"}}
    assert {k: v for k, v in read.get_attributes().items() if k in expected} == expected
    assert read.get_data() == json.loads(record.value)


@pytest.mark.parametrize("write", [to_binary_event, to_structured_event])
def test_we_read_what_the_official_sdk_writes(write: Any) -> None:
    event = event_of(EVENTS[0])
    attributes: dict[str, Any] = dict(attributes_of(event)) | {"time": MOMENT, "datacontenttype": "application/json"}
    message = write(CloudEvent(attributes, json.loads(event.data.to_json())), JSONFormat())
    back = parse(list(message.headers.items()), message.value)
    assert (back.id, back.sequence, back.time) == (event.id, 7, MOMENT)
    assert back.data.model_dump() == event.data.model_dump()


def altered(**headers: bytes | None) -> list[tuple[str, bytes | None]]:
    record = to_kafka(event_of(EVENTS[0]))
    return list((dict(record.headers) | headers).items())


VALUE = to_kafka(event_of(EVENTS[0])).value


@pytest.mark.parametrize(
    ("headers", "value", "error"),
    [
        (altered(ce_type=b"be.bin.drone.seen.v1"), VALUE, UnknownEventType),
        (altered(ce_type=b"be.bin.network.approved.v2"), VALUE, UnknownEventVersion),
        (altered(ce_id=b"7"), VALUE, InvalidEvent),
        (altered(ce_specversion=b"0.3"), VALUE, InvalidEvent),
        (altered(ce_sequence=b"7"), VALUE, InvalidEvent),
        (altered(ce_partitionkey=b"somebody-else"), VALUE, InvalidEvent),
        (altered(ce_time=b"yesterday"), VALUE, InvalidEvent),
        ([], VALUE, InvalidEvent),
        (altered(), b"", InvalidEvent),
        (altered(), None, InvalidEvent),
        (altered(), b"[]", InvalidEvent),
        (altered(), b"[" * 20_000, InvalidEvent),
        (altered(), VALUE.replace(b'"nis":"41002"', b'"nis":null'), InvalidEvent),
        (altered(), VALUE[:-1] + b"," + b'"x":"' + b"a" * 70_000 + b'"}', InvalidEvent),
        ([("content-type", b"application/cloudevents+json")], b"{}", InvalidEvent),
        ([("content-type", b"application/cloudevents+json")], b"[" * 20_000, InvalidEvent),
    ],
)
def test_unknown_type_unknown_version_and_invalid_data_raise_three_exceptions(
    headers: Any, value: Any, error: type
) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(headers, value)
    assert type(caught.value) is error


RECORD = to_kafka(event_of(EVENTS[0]))


@pytest.mark.parametrize(
    "headers",
    [
        dict(RECORD.headers),
        tuple(RECORD.headers),
        [(name, value.decode()) for name, value in RECORD.headers],
        [(name, memoryview(value)) for name, value in RECORD.headers],
        [(name, bytearray(value)) for name, value in RECORD.headers],
        {name.upper(): value.decode() for name, value in RECORD.headers},
    ],
    ids=["dict", "tuple", "text", "memoryview", "bytearray", "dict of text"],
)
@pytest.mark.parametrize("shape", [bytes, bytearray, memoryview, bytes.decode])
def test_a_record_is_read_in_the_types_of_every_client(headers: Any, shape: Any) -> None:
    assert parse(headers, shape(VALUE)).sequence == 7


@pytest.mark.parametrize(
    "headers", [None, [], {}, 7, "ce_id", [("ce_id",)], [("ce_id", 7)], [(None, b"x")], [([], b"")]]
)
@pytest.mark.parametrize("value", [VALUE, None, "", "\ud800", 7, {"a": 1}, object()])
def test_something_that_is_no_record_is_an_invalid_event(headers: Any, value: Any) -> None:
    with pytest.raises(InvalidEvent):
        parse(headers, value)


_ANY_VALUE: Any = st.none() | st.binary(max_size=30) | st.text(max_size=30) | st.integers()
_ANY_NAME = st.sampled_from(["ce_id", "ce_type", "CE_TIME", "content-type", b"ce_id", None, 7]) | st.text(max_size=9)


@given(
    st.none()
    | st.lists(st.tuples(_ANY_NAME, _ANY_VALUE))
    | st.dictionaries(_ANY_NAME, _ANY_VALUE)
    | st.lists(_ANY_VALUE)
    | _ANY_VALUE,
    _ANY_VALUE,
)
def test_any_types_from_a_client_raise_only_unreadable(headers: Any, value: Any) -> None:
    with pytest.raises(Unreadable):
        parse(headers, value)


def structured(**members: Any) -> tuple[list[tuple[str, bytes | None]], bytes]:
    envelope = attributes_of(event_of(EVENTS[0])) | {"datacontenttype": "application/json"} | members
    return [("content-type", b"application/cloudevents+json; charset=utf-8")], json.dumps(envelope).encode()


def test_structured_data_that_was_given_as_bytes_is_decoded() -> None:
    encoded = base64.b64encode(VALUE).decode()
    assert parse(*structured(data_base64=encoded)).data == parse(RECORD.headers, VALUE).data
    attributes: dict[str, Any] = dict(attributes_of(event_of(EVENTS[0]))) | {"time": MOMENT}
    message = to_structured_event(CloudEvent(attributes, VALUE), JSONFormat())
    assert b"data_base64" in message.value
    assert parse(message.headers, message.value).data == parse(RECORD.headers, VALUE).data


@pytest.mark.parametrize(
    "members",
    [
        {"data_base64": "not base64"},
        {"data_base64": 7},
        {"data_base64": base64.b64encode(b"<x/>").decode()},
        {"data_base64": base64.b64encode(VALUE).decode(), "data": {}},
        {"data_base64": None},
    ],
)
def test_structured_data_that_cannot_be_decoded_is_an_invalid_event(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        parse(*structured(**members))


def test_a_foreign_header_that_is_not_text_is_ignored() -> None:
    assert parse(altered(**{"x-foreign": b"\xff\xfe", "x-none": None}), VALUE).sequence == 7


@given(st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=50))), st.none() | st.binary())
def test_any_bytes_give_an_event_or_unreadable(headers: Any, value: Any) -> None:
    with pytest.raises(Unreadable):
        parse([*headers, ("ce_specversion", b"1.0")], value)


def test_an_error_does_not_repeat_the_data() -> None:
    with pytest.raises(InvalidEvent) as caught:
        parse(altered(), VALUE.replace(b'"kind":"BIN"', b'"kind":["geheim"]'))
    assert "geheim" not in caught.value.detail
    assert "kind" in caught.value.detail


def test_an_event_of_more_than_64_kib_is_refused_before_it_is_written() -> None:
    example = json.loads(examples_of(NetworkApproved)[0])
    event = event_of(NetworkApproved)
    points = [[4.0 + n / 1e15, 50.9] for n in range(4000)]
    area = {"type": "Polygon", "coordinates": [[*points, points[0]]]}
    data = NetworkApproved.model_construct(
        **NetworkApproved.model_validate(example).__dict__ | {"police_zone": str(area)}
    )
    large = Event(event.id, event.source, MOMENT, 1, data)
    with pytest.raises(EventTooLarge):
        to_kafka(large)


def test_identifiers_are_version_7_distinct_and_sorted_by_time() -> None:
    made = [uuid7() for _ in range(1000)]
    assert {identifier.version for identifier in made} == {7}
    assert {identifier.variant for identifier in made} == {"specified in RFC 4122"}
    assert len(set(made)) == 1000
    assert [m.int >> 80 for m in made] == sorted(m.int >> 80 for m in made)

"""Events over HTTP and in files follow CloudEvents: the official SDK reads our messages, and we read the SDK's."""

import json
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_binary_event, from_structured_event, to_binary_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from buurtsein_contracts import EVENTS, EventData, InvalidEvent, UnknownEventType, parse_http, to_http, to_structured
from buurtsein_contracts.envelope import attributes_of
from buurtsein_contracts.testing import records


@pytest.mark.parametrize("structured", [False, True])
@pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)
def test_a_written_event_can_be_read(data: type[EventData], structured: bool) -> None:
    event = records.made(data.__name__, 7)
    message = to_http(event, structured=structured)
    back = parse_http(message.headers, message.body)
    assert (back.id, back.key, back.sequence, back.time, back.source) == (
        event.id,
        event.key,
        7,
        event.time,
        event.source,
    )
    assert back.data.model_dump() == event.data.model_dump()


@pytest.mark.parametrize(("structured", "read"), [(False, from_binary_event), (True, from_structured_event)])
def test_the_official_sdk_reads_what_we_write(structured: bool, read: Any) -> None:
    event = records.made("IncidentReported")
    message = to_http(event, structured=structured)
    got = read(HTTPMessage(headers=message.headers, body=message.body), JSONFormat())
    expected = {name: value for name, value in attributes_of(event).items() if name != "time"}
    assert {name: value for name, value in got.get_attributes().items() if name in expected} == expected
    assert got.get_data() == json.loads(event.data.to_json())


def test_we_read_what_the_official_sdk_writes() -> None:
    event = records.made("IncidentReported")
    attributes: dict[str, Any] = dict(attributes_of(event)) | {
        "time": event.time,
        "datacontenttype": "application/json",
    }
    message = to_binary_event(CloudEvent(attributes, json.loads(event.data.to_json())), JSONFormat())
    assert parse_http(message.headers, message.body).id == event.id


def test_a_header_that_is_not_ascii_is_percent_encoded() -> None:
    event = records.made("IncidentReported")
    odd = type(event)(event.id, 'urn:België "x" 5%', event.time, 1, event.data)
    message = to_http(odd)
    assert message.headers["ce-source"] == "urn:Belgi%C3%AB%20%22x%22%205%25"
    assert parse_http(message.headers, message.body).source == odd.source


def test_names_of_headers_are_read_in_any_case() -> None:
    message = to_http(records.made("IncidentReported"))
    upper = {name.upper(): value for name, value in message.headers.items()}
    assert parse_http(upper, message.body).sequence == 1


def test_kafka_and_http_refuse_the_same() -> None:
    message = to_http(records.made("IncidentReported"))
    with pytest.raises(UnknownEventType):
        parse_http(message.headers | {"ce-type": "be.bin.drone.seen.v1"}, message.body)
    with pytest.raises(InvalidEvent):
        parse_http(message.headers, b"{}")


def test_a_structured_event_is_one_json_document() -> None:
    event = records.made("AlertSent")
    document = json.loads(to_structured(event))
    assert document["type"] == "be.bin.alert.sent.v1"
    assert document["data"]["alert_id"] == event.key

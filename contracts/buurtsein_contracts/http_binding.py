"""The envelope over HTTP, in files and in mails: CloudEvents 1.0 in binary mode (`ce-` headers) and in structured mode.

Source: CloudEvents 1.0, HTTP protocol binding and JSON event format. Over HTTP the prefix is `ce-`, over Kafka `ce_`.
Invariant: what is written here, `parse_http` reads back; what it cannot read raises the same errors as `parse`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from buurtsein_contracts.envelope import MAX_VALUE_BYTES, Event, EventTooLarge, attributes_of, parse

STRUCTURED = "application/cloudevents+json"
_UNQUOTED = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""What a header keeps as it is; all else is percent-encoded, space, `"` and `%` too (HTTP binding 3.1.3.2)."""


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """Headers and body, for any HTTP client or server."""

    headers: dict[str, str]
    body: bytes


def to_structured(event: Event[Any]) -> bytes:
    """The whole event as one JSON object, self-contained; EventTooLarge when its data pass 64 KiB."""
    data = event.data.to_json()
    if len(data.encode()) > MAX_VALUE_BYTES:
        raise EventTooLarge(event.type)
    envelope = attributes_of(event) | {"datacontenttype": "application/json", "data": json.loads(data)}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def to_http(event: Event[Any], *, structured: bool = False) -> HttpMessage:
    """The message for a webhook or an answer; EventTooLarge when its data pass 64 KiB."""
    body = to_structured(event)
    if structured:
        return HttpMessage({"content-type": f"{STRUCTURED}; charset=utf-8"}, body)
    headers = {f"ce-{name}": quote(value, safe=_UNQUOTED) for name, value in attributes_of(event).items()}
    return HttpMessage(headers | {"content-type": "application/json"}, event.data.to_json().encode())


def parse_http(headers: Mapping[str, str], body: bytes) -> Event[Any]:
    """Read a webhook in binary or structured mode.

    Raises UnknownEventType, UnknownEventVersion or InvalidEvent.
    """
    return parse([(_kafka_name(name), _unquoted(name, value)) for name, value in headers.items()], body)


def _kafka_name(name: str) -> str:
    lower = name.lower()
    return f"ce_{lower[3:]}" if lower.startswith("ce-") else lower


def _unquoted(name: str, value: str) -> bytes:
    return (unquote(value) if name.lower().startswith("ce-") else value).encode()

"""Writes and reads CloudEvents 1.0 over HTTP, in files and in mails: binary mode (`ce-` headers) and structured mode.

Source: CloudEvents 1.0, HTTP protocol binding and JSON event format. Header names begin with `ce-` over HTTP and with
`ce_` over Kafka. Invariant: `parse_http` reads what the functions here write; it raises the same exceptions as `parse`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from buurtsein_contracts.envelope import MAX_VALUE_BYTES, Event, EventTooLarge, attributes_of, parse

STRUCTURED = "application/cloudevents+json"
_UNQUOTED = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""The characters that stay as they are in a header; all others are percent-encoded, among them space, `"` and `%`
(HTTP binding 3.1.3.2)."""


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """Headers and body of an HTTP message, for any client or server."""

    headers: dict[str, str]
    body: bytes


def to_structured(event: Event[Any]) -> bytes:
    """Return the whole event as one JSON object; raise EventTooLarge when its data exceed 64 KiB."""
    data = event.data.to_json()
    if len(data.encode()) > MAX_VALUE_BYTES:
        raise EventTooLarge(event.type)
    envelope = attributes_of(event) | {"datacontenttype": "application/json", "data": json.loads(data)}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def to_http(event: Event[Any], *, structured: bool = False) -> HttpMessage:
    """Return the HTTP message for a webhook or a response; raise EventTooLarge when its data exceed 64 KiB."""
    body = to_structured(event)
    if structured:
        return HttpMessage({"content-type": f"{STRUCTURED}; charset=utf-8"}, body)
    headers = {f"ce-{name}": quote(value, safe=_UNQUOTED) for name, value in attributes_of(event).items()}
    return HttpMessage(headers | {"content-type": "application/json"}, event.data.to_json().encode())


def parse_http(headers: Mapping[str, str], body: bytes) -> Event[Any]:
    """Read an HTTP message in binary or structured mode.

    Raises:
        Unreadable: one of its three subclasses, as `parse` raises them.
    """
    return parse([(_kafka_name(name), _unquoted(name, value)) for name, value in headers.items()], body)


def _kafka_name(name: str) -> str:
    lower = name.lower()
    return f"ce_{lower[3:]}" if lower.startswith("ce-") else lower


def _unquoted(name: str, value: str) -> bytes:
    return (unquote(value) if name.lower().startswith("ce-") else value).encode()

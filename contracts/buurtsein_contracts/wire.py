"""Converts headers and values of Kafka records to text and bytes, from the types of any Kafka client.

Invariant: for any input the result is text or bytes, or `Malformed` is raised.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

type Bytes = bytes | bytearray | memoryview | str
"""The value of a header or a record."""
type Headers = Iterable[tuple[str, Bytes | None]] | Mapping[str, Bytes | None] | None
"""The headers of a record; some clients return None when there are none."""


class Malformed(ValueError):
    """Raised for headers or a value that no Kafka record can have; the message contains nothing of them."""


def kept(headers: Headers) -> Headers:
    """Return headers as a list or mapping, because an iterator can be read only once."""
    return list(headers) if isinstance(headers, Iterator) else headers


def as_bytes(value: Bytes | None) -> bytes:
    """Return a record's value as bytes; raise Malformed when there is none."""
    try:
        body = value.encode() if isinstance(value, str) else memoryview(value or b"").tobytes()
    except (TypeError, ValueError, BufferError):
        raise Malformed("the value is no bytes") from None
    if not body:
        raise Malformed("no value")
    return body


def as_texts(headers: Headers, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Return the wanted headers as text, by the name that `wanted` gives to each header name in lower case.

    A header that is not UTF-8 is ignored, so that an event which does not need it stays readable.
    """
    texts: dict[str, Any] = {}
    try:
        for header, value in headers.items() if isinstance(headers, Mapping) else headers or ():
            if name := wanted.get(header) or wanted.get(header.lower()):
                texts |= _as_text(name, value)
    except (TypeError, ValueError, AttributeError):
        raise Malformed("the headers are no pairs of name and value") from None
    return texts


def _as_text(name: str, value: Bytes | None) -> dict[str, str]:
    try:
        return {name: value if isinstance(value, str) else memoryview(value or b"").tobytes().decode()}
    except UnicodeDecodeError:
        return {}


def unfolded(value: bytes) -> tuple[dict[str, Any], bytes]:
    """Return attributes and data of an event in structured mode; attributes that are null are left out."""
    try:
        content = json.loads(value)
        body = _data(content)
        attributes = {name: part for name, part in content.items() if part is not None}
    except (ValueError, RecursionError, KeyError, AttributeError, TypeError):
        raise Malformed("the structured envelope is not a JSON object with data") from None
    return attributes, body


def _data(content: dict[str, Any]) -> bytes:
    """Return the data as bytes; binary data come in as `data_base64` (CloudEvents JSON format, 3.1.1)."""
    encoded = content.pop("data_base64", None)
    if encoded is None:
        return json.dumps(content.pop("data")).encode()
    if "data" in content:
        raise ValueError("both data and data_base64")
    return base64.b64decode(encoded, validate=True)

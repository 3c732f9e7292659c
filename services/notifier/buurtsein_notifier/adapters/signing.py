"""Signs requests, and checks the signature of requests, as the specification Standard Webhooks says.

Source: https://github.com/standard-webhooks/standard-webhooks, signatures of version v1.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """Return the key in a secret, `whsec_` and base64; any other text is used as it is.

    Raises:
        ValueError: what follows `whsec_` is not base64.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret that begins with whsec_ continues in base64") from error


def signature(key: bytes, identifier: str, at: str, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 of its identifier, the second it was sent at, and its body."""
    signed = hmac.new(key, f"{identifier}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def signed(key: bytes, identifier: str, at: str, body: bytes) -> dict[str, str]:
    """Return the three headers that prove who sent a message."""
    return {
        "webhook-id": identifier,
        "webhook-timestamp": at,
        "webhook-signature": signature(key, identifier, at, body),
    }


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Return whether the headers have a valid signature of the body; the names of the headers are in lower case."""
    identifier, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    expected = signature(key_of(secret), identifier, at, body).encode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(one.encode(), expected) for one in given)

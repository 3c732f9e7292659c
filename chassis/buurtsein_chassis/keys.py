"""Derives keys for different purposes from one secret.

Invariant: somebody who knows the key of one purpose cannot compute the key of another.
"""

import hmac


def derived_key(secret: str, purpose: str) -> bytes:
    """Return a key of 32 bytes: the first block of HKDF-Expand (RFC 5869) with the purpose as `info`."""
    return hmac.digest(secret.encode(), purpose.encode() + b"\x01", "sha256")

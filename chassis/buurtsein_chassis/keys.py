"""Derives keys for different purposes from one secret.

Invariant: somebody who knows the key of one purpose cannot compute the key of another.
"""

import hmac


def derived_key(secret: str, purpose: str) -> bytes:
    """Derive a key of 32 bytes for a purpose: the first block of HKDF-Expand (RFC 5869), with the purpose as `info`."""
    return hmac.digest(secret.encode(), purpose.encode() + b"\x01", "sha256")

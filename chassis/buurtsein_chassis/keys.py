"""Derives keys for different purposes from one secret.

Invariant: knowing the key of one purpose tells nothing about the key of another.
"""

import hmac


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes: the first block of HKDF-Expand (RFC 5869) with the purpose as `info`."""
    return hmac.digest(secret.encode(), purpose.encode() + b"\x01", "sha256")

"""Keys for different purposes, made of one secret.

Invariant: what is made with the key of one purpose tells nothing of that of another.
"""

import hmac


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes: the first block of HKDF-Expand (RFC 5869) with the purpose as `info`."""
    return hmac.digest(secret.encode(), purpose.encode() + b"\x01", "sha256")

"""Computes tokens with which people without an account can do a single action, such as withdraw an enquiry.

Invariant: a token is computed from an installation key, and never stored; a repeated request gets the same one again.
"""

import hmac
from uuid import UUID

from buurtsein_kernel.keyring import Keyring


def tokens(purpose: str, about: UUID, keyring: Keyring) -> list[str]:
    """Return the tokens for one purpose and one object, one token for each installation key, newest key first."""
    return [digest.hex() for digest in keyring.digests(f"{purpose} {about}")]


def is_token(given: str, purpose: str, about: UUID, keyring: Keyring) -> bool:
    """Return whether a token is valid for this purpose and this object, under any of the installation keys."""
    found = [hmac.compare_digest(given.encode(), one.encode()) for one in tokens(purpose, about, keyring)]
    return any(found)

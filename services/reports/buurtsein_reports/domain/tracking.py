"""Makes and checks the token with which a reporter follows a report.

Invariant: the token itself is not stored, only its SHA-256. It is computed from the report's id and a key, so that a
repeated request gets the same token.
"""

import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID

TOKEN_BYTES = 24


class Tracking:
    """Makes and checks the tokens with which reporters follow their reports."""

    def __init__(self, key: str) -> None:
        """Take the secret key (setting `tracking_key`) from which the tokens are computed."""
        self.key = key

    def token(self, report_id: UUID) -> str:
        """Return the tracking token of a report: 192 bits as 32 characters that need no escaping."""
        digest = hmac.digest(self.key.encode(), b"tracking-token\n" + report_id.bytes, "sha256")
        return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()

    def forwarding_token(self, report_id: UUID, number: int) -> str:
        """Return the token with which another body answers about a report that was forwarded in this version."""
        digest = hmac.digest(self.key.encode(), b"forwarding-token\n%d\n" % number + report_id.bytes, "sha256")
        return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()

    def is_forwarding(self, typed: str | None, report_id: UUID, number: int | None) -> bool:
        """Return whether a token is that of the last forwarding of a report."""
        return number is not None and is_right(typed, sha256(self.forwarding_token(report_id, number)))

    def add_forwarding_token(self, handled: dict[str, Any]) -> None:
        """Add the token for the other body to the answer about a report that was forwarded; it is never stored."""
        if handled.get("forwarding"):
            handled["forwarding_token"] = self.forwarding_token(UUID(handled["report_id"]), handled["forwarding"])

    def add_token(self, receipt: dict[str, Any]) -> None:
        """Add the tracking token to a receipt; the token is computed from `report_id`, and is never stored."""
        receipt["tracking_token"] = self.token(UUID(receipt["report_id"]))

    def account(self, actor: str) -> bytes:
        """Return a digest of a reporter's pseudonym, to find the account's reports without revealing the reporter."""
        return hmac.digest(self.key.encode(), b"account\n" + actor.encode(), "sha256")

    def digest(self, report_id: UUID) -> bytes:
        """Return the digest of a report's tracking token; only the digest is stored."""
        return sha256(self.token(report_id))


def sha256(token: str) -> bytes:
    """Return the SHA-256 of a token."""
    return hashlib.sha256(token.encode()).digest()


def is_right(typed: str | None, digest: bytes | None) -> bool:
    """Return whether a token, typed with or without spaces, has the given SHA-256.

    The comparison takes the same time for every wrong token.
    """
    token = "".join(typed.split()) if typed else None
    same = hmac.compare_digest(sha256(token or ""), digest or bytes(32))
    return same and token is not None and digest is not None

"""Defines the Protocol of a store of blobs."""

from datetime import datetime
from typing import Protocol


class BlobUnreadable(Exception):
    """Raised when a blob is not in the store, or its bytes are not those that were stored."""


class Blobs(Protocol):
    """A Protocol: stores blobs, each under the SHA-256 of its bytes (64 hexadecimal digits)."""

    async def put(self, blob: bytes) -> str:
        """Store a blob and return its SHA-256; a blob that is there already gets the present time as its time.

        The blob is complete and on disk when this returns. Raise OSError when it cannot be stored.
        """

    async def get(self, sha256: str) -> bytes:
        """Return a blob, after a check of its SHA-256; raise BlobUnreadable."""

    async def older_than(self, moment: datetime) -> list[str]:
        """Return the names of all blobs that were stored before a moment, also of those that were never completed."""

    async def remove(self, name: str) -> None:
        """Remove the blob of this name; do nothing when it is not there."""

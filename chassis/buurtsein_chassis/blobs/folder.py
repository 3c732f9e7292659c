"""Stores blobs as files in a folder that only the user of the process can enter.

Invariant: a file whose name is a SHA-256 is complete, because it was written under another name first.
"""

import asyncio
import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from buurtsein_chassis.blobs.store import BlobUnreadable


class BlobFolder:
    """A store of blobs in a folder of the file system, which processes on several machines may share."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, and make it if it is not there; raise OSError when it cannot be used."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._folder = folder

    async def put(self, blob: bytes) -> str:
        """Store a blob and return its SHA-256; raise OSError when it cannot be stored."""
        return await asyncio.to_thread(self._put, blob)

    async def get(self, sha256: str) -> bytes:
        """Return a blob, after a check of its SHA-256; raise BlobUnreadable."""
        return await asyncio.to_thread(self._get, sha256)

    async def older_than(self, moment: datetime) -> list[str]:
        """Return the names of all files that were written before a moment."""
        return await asyncio.to_thread(self._older_than, moment.timestamp())

    async def remove(self, name: str) -> None:
        """Remove the file of this name; do nothing when it is not there."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    def _path(self, name: str) -> Path:
        """Return the path of a file; files are spread over 256 folders by the first two characters of their names."""
        return self._folder / name[:2] / name

    def _put(self, blob: bytes) -> str:
        sha256 = hashlib.sha256(blob).hexdigest()
        path = self._path(sha256)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor, begun = tempfile.mkstemp(prefix=f"{sha256[:2]}-begun-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            Path(begun).replace(path)
        except BaseException:
            Path(begun).unlink(missing_ok=True)
            raise
        _sync(path.parent)
        return sha256

    def _get(self, sha256: str) -> bytes:
        try:
            blob = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise BlobUnreadable(f"{sha256} is not in the store") from error
        if hashlib.sha256(blob).hexdigest() != sha256:
            raise BlobUnreadable(f"{sha256} is damaged")
        return blob

    def _older_than(self, seconds: float) -> list[str]:
        return [path.name for path in self._folder.glob("??/*") if path.stat().st_mtime < seconds]


def _sync(folder: Path) -> None:
    """Make the names of new files in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

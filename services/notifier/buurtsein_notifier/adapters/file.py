"""Writes CAP messages to a folder, from which another system or a person collects the files.

Invariant: an existing file is complete, and the same message written twice is one file.
"""

import asyncio
import os
from pathlib import Path
from urllib.parse import quote

from buurtsein_notifier.adapters import Answer, CannotSay, Delivered, Found, NotFound, Outcome, Refused, TryAgain
from buurtsein_notifier.settings import Settings


class File:
    """Writes one file for each message, `<identifier>.xml`."""

    name = "file"

    def __init__(self, settings: Settings) -> None:
        """Make the adapter from its settings; the folder for the messages need not exist yet."""
        self._folder = Path(settings.alert_folder or ".")

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Write the message to a file; an existing file with different content is never overwritten."""
        return await asyncio.to_thread(self._write, identifier, xml)

    async def status(self, identifier: str) -> Answer:
        """Return Found if the message's file exists, NotFound if it does not exist, CannotSay after an error."""
        try:
            there = await asyncio.to_thread(self._path(identifier).exists)
        except OSError as error:
            return CannotSay(type(error).__name__)
        return Found(self._path(identifier).name) if there else NotFound()

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def _path(self, identifier: str) -> Path:
        return self._folder / f"{quote(identifier, safe='@')}.xml"

    def _write(self, identifier: str, xml: bytes) -> Outcome:
        path = self._path(identifier)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if path.exists():
                return Delivered(path.name) if path.read_bytes() == xml else Refused("other_file_there")
            write_whole(path, xml)
        except OSError as error:
            return TryAgain(type(error).__name__, find_first=True)
        return Delivered(path.name)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody sees a part of it, also when the machine stops; raise OSError."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

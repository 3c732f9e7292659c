"""Asks clamd, the server of ClamAV, whether a file contains malware, by its command INSTREAM.

The file is sent as chunks, each after its length (4 bytes, big-endian); a length of 0 ends it. The answer is
`stream: OK`, `stream: <name> FOUND`, or a text that ends with `ERROR`.
"""

import asyncio
import struct
from collections.abc import Iterator

CHUNK = 65_536
MOST_ANSWER = 4096


class ScanFailed(Exception):
    """Raised when clamd cannot be reached, does not answer in time, or could not scan the file."""


class Clamd:
    """Sends files to the clamd at `unix:/path/of/its/socket` or at `host:port`, to scan them."""

    def __init__(self, address: str, seconds: float) -> None:
        """Take the address, and the seconds for one scan; raise ValueError for another form of address."""
        kind, _, path = address.partition(":")
        self._path = path if kind == "unix" else None
        host, _, port = address.rpartition(":")
        self._host, self._port = host, 0 if self._path else int(port)
        self._seconds = seconds

    async def is_clean(self, file: bytes) -> bool:
        """Return whether clamd finds nothing in the file; raise ScanFailed."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._asked(file)
        except (OSError, TimeoutError) as error:
            raise ScanFailed(type(error).__name__) from error
        if answer.endswith(" FOUND"):
            return False
        if answer != "stream: OK":
            raise ScanFailed("clamd could not scan the file")
        return True

    async def _asked(self, file: bytes) -> str:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            for part in _framed(file):
                writer.write(part)
                await writer.drain()
            return (await reader.read(MOST_ANSWER)).rstrip(b"\0").decode(errors="replace")
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._path:
            return await asyncio.open_unix_connection(self._path)
        return await asyncio.open_connection(self._host, self._port)


def _framed(file: bytes) -> Iterator[bytes]:
    for start in range(0, len(file), CHUNK):
        part = file[start : start + CHUNK]
        yield struct.pack(">I", len(part)) + part
    yield struct.pack(">I", 0)

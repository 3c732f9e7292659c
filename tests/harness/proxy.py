"""Runs a TCP proxy that breaks connections: it drops an answer and disconnects, or stops passing data on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """A TCP proxy between clients and one server."""

    def __init__(self, dsn: str) -> None:
        self._target = urlsplit(dsn)
        self._cut_at: bytes | None = None
        self._open = asyncio.Event()
        self._open.set()
        self.cut = False
        self.dsn = ""

    @classmethod
    @asynccontextmanager
    async def to(cls, dsn: str, port: int = 0) -> AsyncIterator["Proxy"]:
        """Run a proxy in front of a database, on a given or a free port; tests connect to the proxy's `dsn`."""
        proxy = cls(dsn)
        server = await asyncio.start_server(proxy._connected, "127.0.0.1", port)
        port = server.sockets[0].getsockname()[1]
        user, _, _ = proxy._target.netloc.rpartition("@")
        proxy.dsn = urlunsplit(proxy._target._replace(netloc=f"{user}@127.0.0.1:{port}"))
        try:
            yield proxy
        finally:
            proxy._open.set()
            server.close()

    def cut_answer_to(self, statement: bytes) -> None:
        """Pass on the next request with this SQL statement, and close the connection when the server answers."""
        self._cut_at = statement

    def go_silent(self) -> None:
        """Stop passing on data in both directions but keep receiving, as in a network failure."""
        self._open.clear()

    def speak_again(self) -> None:
        """End `go_silent`: pass on the waiting data, and all later data."""
        self._open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_connection(self._target.hostname, self._target.port)
        doomed = asyncio.Event()
        await asyncio.gather(self._requests(reader, upstream, doomed), self._answers(upstream_reader, writer, doomed))

    async def _requests(
        self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while data := await _read(reader):
            await self._open.wait()
            if self._cut_at and self._cut_at in data:
                self._cut_at = None
                doomed.set()
            upstream.write(data)
        upstream.close()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        while data := await _read(reader):
            await self._open.wait()
            if doomed.is_set():
                self.cut = True
                break
            writer.write(data)
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except ConnectionError:
        return b""

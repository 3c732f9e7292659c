"""Sends prepared HTTP requests over open connections, as a load generator that uses little CPU."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from bench.measure import Reading, timed

STEADY_CONNECTIONS = 64

type Body = Callable[[], bytes]


def post(url: str, path: str, body: Body, *, keyed: bool = True) -> Callable[[], bytes]:
    """Return a function that makes the bytes of a POST request, each with a new Idempotency-Key."""
    host = urlsplit(url).netloc
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"

    def request() -> bytes:
        content = body()
        key = f"Idempotency-Key: {secrets.token_hex(8)}\r\n" if keyed else ""
        return f"{head}{key}Content-Length: {len(content)}\r\n\r\n".encode() + content

    return request


def entry_body(networks: Iterator[str]) -> Body:
    """Return a function that makes the body of a request to the ledger service."""
    return lambda: json.dumps({"network_id": next(networks), "number": 1}).encode()


async def fire(url: str, request: Callable[[], bytes], number: int, connections: int = 16) -> Reading:
    """Send this many requests as fast as possible; raise AssertionError when a request does not succeed."""
    address = urlsplit(url)
    opened = [await asyncio.open_connection(address.hostname, address.port) for _ in range(connections)]

    async def some(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(number // connections):
            await one(reader, writer, request())

    async def all_of_them() -> int:
        await asyncio.gather(*(some(*pair) for pair in opened))
        return number // connections * connections

    reading = await timed(all_of_them)
    for _, writer in opened:
        writer.close()
    return reading


async def steadily(url: str, request: Callable[[], bytes], rate: float, seconds: float) -> None:
    """Send requests at a steady rate, without waiting for the answers to earlier requests."""
    address = urlsplit(url)
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(STEADY_CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(address.hostname, address.port))

    async def at(moment: float) -> None:
        await asyncio.sleep(moment - asyncio.get_running_loop().time())
        pair = await free.get()
        await one(*pair, request())
        free.put_nowait(pair)

    begun = asyncio.get_running_loop().time()
    await asyncio.gather(*(at(begun + number / rate) for number in range(int(rate * seconds))))
    while not free.empty():
        free.get_nowait()[1].close()


async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """Send one prepared request on an open connection and read the response; raise AssertionError for an error."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head[9:10] == b"2", head
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)

"""The gate before the routes: how large, how slow and of what kind a request may be.

Invariant: behind it a body is whole, within its limit and, when there is one, strict JSON; the routes never wait for
a client.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buurtsein_chassis.problem import Problem, respond
from buurtsein_chassis.strict_json import check_json

MAX_HEAD_BYTES = 16_384
"""Of address and headers together; a server's own limit lies above it, so that the answer is a problem."""
DISCARDED_BODIES = 16
"""So many times the limit is read and thrown away, because a client that is still sending hears no answer."""
CLOSE = {"Connection": "close"}


class Gate:
    """Refuses what is too large (413, 431), too slow (408), no JSON (415) or not strict (400, 422)."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int, body_seconds: float) -> None:
        """`max_body_bytes` of the body alone; it must be there within `body_seconds`."""
        self._app = app
        self._max_bytes = max_body_bytes
        self._seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            received = await self._through(scope, receive)
        except Problem as problem:
            await respond(problem)(scope, receive, send)
        except _ClientGone:
            return
        else:
            await self._app(scope, received, send)

    async def _through(self, scope: Scope, receive: Receive) -> Receive:
        _check_head(scope)
        headers = Headers(scope=scope)
        if not brings_body(headers):
            return receive
        body = await self._body(receive)
        if body:
            _check_kind(headers)
            check_json(body)
        return _replayed(body, receive)

    async def _body(self, receive: Receive) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(receive)
        except TimeoutError as error:
            raise Problem(408, "body_too_slow", "De aanvraag kwam niet op tijd binnen.", CLOSE) from error

    async def _read(self, receive: Receive) -> bytes:
        """Counts the bytes that come, whatever Content-Length says."""
        kept, size, more = bytearray(), 0, True
        while more and size <= DISCARDED_BODIES * self._max_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size <= self._max_bytes:
                kept += chunk
            more = message.get("more_body", False)
        if size > self._max_bytes:
            raise Problem(413, "body_too_large", "De aanvraag is te groot.", CLOSE)
        return bytes(kept)


def brings_body(headers: Headers) -> bool:
    """Whether a request with these headers has a body, perhaps an empty one."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


class _ClientGone(Exception):
    """Nobody is there to be answered."""


def _check_head(scope: Scope) -> None:
    address = (scope.get("raw_path") or b"") + scope["query_string"]
    if len(address) + sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEAD_BYTES:
        raise Problem(431, "headers_too_large", "Adres en headers samen zijn te lang.", CLOSE)
    if b"%00" in address:
        raise Problem(400, "invalid_address", "Het adres bevat een teken dat niet kan.")


def _check_kind(headers: Headers) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "unsupported_media_type", "Stuur de aanvraag als application/json.")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once, and then whatever the server tells."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received

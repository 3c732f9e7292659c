"""Limits the size, the duration and the media type of requests, before they reach the routes.

Invariant: a route gets a body that was read completely, is within the limit and, unless it is empty, is strict JSON
or, on the routes of a facade, a form.
A route never waits for a slow client. The only exception are routes that take files (`uploads.py`): they read the body
themselves, with limits of their own.
"""

import asyncio
from collections.abc import Collection, Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buurtsein_chassis.facades import prefix_of
from buurtsein_chassis.forms import FORM, media_type, read_form
from buurtsein_chassis.problem import Problem, respond
from buurtsein_chassis.strict_json import check_json
from buurtsein_chassis.uploads import UploadRoutes

MAX_HEAD_BYTES = 16_384
"""The most bytes of address and headers together. The limit of the HTTP server is higher, so that a client over this
one gets problem details."""
DISCARDED_BODIES = 16
"""Of a body that is too large, up to this many times the limit is read and discarded, because a client that is still
sending does not read the response."""
JSON = "application/json"
CLOSE = {"Connection": "close"}


class RequestLimits:
    """ASGI middleware that refuses requests that are too large (413, 431), slow (408) or not JSON (400, 415, 422)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        body_seconds: float,
        with_forms: Sequence[str],
        uploads: UploadRoutes,
    ) -> None:
        """Wrap the next ASGI app; set the most bytes of a body, and the seconds in which a body must arrive.

        Under the path prefixes `with_forms` a body is a form instead of JSON; the routes of `uploads` take files.
        """
        self._app = app
        self._max_bytes = max_body_bytes
        self._seconds = body_seconds
        self._with_forms = with_forms
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request with a complete and valid body on to the next app; answer any other with an error."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            received = await self._through(scope, receive)
        except Problem as problem:
            await respond(problem, scope)(scope, receive, send)
        except _ClientGone:
            return
        else:
            await self._app(scope, received, send)

    async def _through(self, scope: Scope, receive: Receive) -> Receive:
        _check_head(scope)
        headers = Headers(scope=scope)
        if not brings_body(headers):
            return receive
        if kinds := self._uploads.kinds(scope):
            _require_kind(headers, kinds)
            return receive
        body = await self._body(receive)
        if body:
            self._check(scope, headers, body)
        return _replayed(body, receive)

    def _check(self, scope: Scope, headers: Headers, body: bytes) -> None:
        kind, check = (FORM, read_form) if prefix_of(scope["path"], self._with_forms) else (JSON, check_json)
        _require_kind(headers, [kind])
        check(body)

    async def _body(self, receive: Receive) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(receive)
        except TimeoutError as error:
            raise Problem(408, "body_too_slow", "De aanvraag kwam niet op tijd binnen.", CLOSE) from error

    async def _read(self, receive: Receive) -> bytes:
        """Read the body and count the bytes received; Content-Length is not trusted."""
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
    """Return whether a request with these headers has a body, which may be empty."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


class _ClientGone(Exception):
    """Raised when the client disconnects before its body is complete."""


def _check_head(scope: Scope) -> None:
    address = (scope.get("raw_path") or b"") + scope["query_string"]
    if len(address) + sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEAD_BYTES:
        raise Problem(431, "headers_too_large", "Adres en headers samen zijn te lang.", CLOSE)
    if b"%00" in address:
        raise Problem(400, "invalid_address", "Het adres bevat een teken dat niet kan.")


def _require_kind(headers: Headers, kinds: Collection[str]) -> None:
    if media_type(headers) not in kinds or headers.get("content-encoding", "identity") != "identity":
        detail = f"Stuur de aanvraag als {' of '.join(sorted(kinds))}."
        raise Problem(415, "unsupported_media_type", detail, kinds=sorted(kinds))


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return an ASGI `receive` function for a body that was read already: it gives the body once.

    After that it passes on the messages of the server.
    """
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received

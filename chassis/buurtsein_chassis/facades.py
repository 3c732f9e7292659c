"""Serves routes of a standard that is not ours, under a prefix of their own, with the error documents of that standard.

Invariant: such a route is authorised, counted and limited like every other route. Two things differ: its errors are
those of the standard, and its bodies are forms (`application/x-www-form-urlencoded`) instead of JSON.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROBLEM = b"application/problem+json"

type Problems = Callable[[str, Mapping[str, Any]], Response]
"""A function that takes the path of a request and our problem details, and returns the error of the standard."""


@dataclass(frozen=True, slots=True)
class Facade:
    """The routes of a standard, their prefix such as `/open311/v2`, and the function that makes its errors."""

    prefix: str
    router: APIRouter
    errors: Problems
    responses: dict[int | str, dict[str, Any]] = field(default_factory=dict)
    """How the errors are documented in the OpenAPI document."""


def prefix_of(path: str, prefixes: Sequence[str]) -> str:
    """Return the prefix under which a path is served; an empty text when there is none."""
    return next((prefix for prefix in prefixes if path.startswith(f"{prefix}/")), "")


class FacadeErrors:
    """ASGI middleware that turns problem details into the error document of the standard, under one prefix."""

    def __init__(self, app: ASGIApp, *, facade: Facade) -> None:
        """Wrap the next ASGI app; only requests under the prefix of the facade are changed."""
        self._app = app
        self._facade = facade

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on to the next app; under the prefix, translate its problem details."""
        if scope["type"] == "http" and prefix_of(scope["path"], [self._facade.prefix]):
            translated = _Translated(scope, receive, send, self._facade.errors)
            await self._app(scope, receive, translated.send)
        else:
            await self._app(scope, receive, send)


class _Translated:
    """Sends a response on, unless it is problem details: then it sends the error document in its place."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, errors: Problems) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._errors = errors
        self._problem: Message | None = None

    async def send(self, message: Message) -> None:
        """Take one message of the app; problem details consist of a start and one body."""
        if message["type"] == "http.response.start" and (b"content-type", PROBLEM) in message["headers"]:
            self._problem = message
        elif self._problem is None:
            await self._send(message)
        else:
            await self._error(self._problem, message["body"])(self._scope, self._receive, self._send)

    def _error(self, start: Message, body: bytes) -> Response:
        """Return the error document with the headers of our response, except those about the body."""
        error = self._errors(self._scope["path"], json.loads(body))
        about_body = {b"content-type", b"content-length"}
        error.raw_headers += [pair for pair in start["headers"] if pair[0] not in about_body]
        return error

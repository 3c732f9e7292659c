"""Authenticates the caller of each request and applies the rate limit, before the request's body is read.

Invariant: each request under a prefix of routes, and each request with a body at any path, counts once. Over the limit,
only the token of a request is checked; its body is not read.
"""

from collections.abc import Sequence

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from buurtsein_chassis.auth import counted
from buurtsein_chassis.facades import prefix_of
from buurtsein_chassis.problem import Problem, respond
from buurtsein_chassis.request_limits import brings_body


class RateLimiting:
    """ASGI middleware that refuses callers over the rate limit (429); the route itself refuses an invalid token."""

    def __init__(self, app: ASGIApp, *, prefixes: Sequence[str]) -> None:
        """Take the next ASGI app and path prefixes; a request with another path is counted only if it has a body."""
        self._app = app
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request and pass it on to the next app; answer 429 for a caller over the limit."""
        if scope["type"] == "http" and (prefix_of(scope["path"], self._prefixes) or brings_body(Headers(scope=scope))):
            request = Request(scope)
            try:
                request.state.called = await counted(request)
            except Problem as problem:
                await respond(problem, scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)

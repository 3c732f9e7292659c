"""The door before the gate: who calls, counted against their limit before anything of the body is read.

Invariant: each request under the prefix, and each with a body wherever it goes, counts once, whatever becomes of it;
over the limit it costs no more than the look at its token.
"""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from buurtsein_chassis.auth import counted
from buurtsein_chassis.gate import brings_body
from buurtsein_chassis.problem import Problem, respond


class Door:
    """Refuses who is over the limit (429); a bad token is refused by the route, when there is one."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        """Elsewhere than under `prefix`, only what brings a body is counted: the gate reads it there too."""
        self._app = app
        self._prefix = f"{prefix}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and (scope["path"].startswith(self._prefix) or brings_body(Headers(scope=scope))):
            request = Request(scope)
            try:
                request.state.called = await counted(request)
            except Problem as problem:
                await respond(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

"""Gives a route the bytes of a file that a client sends, which may be larger than the body of any other request.

The limits of requests (`request_limits.py`) do not read such a body. The route reads it, after its own checks.
"""

import asyncio
import re
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path
from starlette.types import Scope

from buurtsein_chassis.auth import ANYONE, Access, Caller
from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_chassis.problem import Problem
from buurtsein_chassis.provided import called_by

DISCARDED = 2
"""Of a file that is too large, up to this many times the limit is read and discarded, because a client that is still
sending does not read the response."""


class Upload:
    """One request whose body is a file."""

    def __init__(self, request: Request, caller: Caller | None) -> None:
        """Take the request and its caller, which is None for a request without a token."""
        self._request = request
        self._caller = caller
        self._database: Database = request.app.state.database

    @property
    def caller(self) -> Caller:
        """Return the caller; raise LookupError for a request without a token, on a route that accepts these."""
        if self._caller is None:
            raise LookupError("this route takes files from everybody")
        return self._caller

    def unit_of_work(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work; the route opens none while it reads the file, because a client may be slow."""
        return self._database.unit_of_work()

    async def read(self, most_bytes: int, seconds: float) -> bytes:
        """Return the file; raise Problem 413 when it is too large, 408 when it does not arrive in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._read(most_bytes)
        except (TimeoutError, ClientDisconnect) as error:
            raise Problem(408, "body_too_slow", "De aanvraag kwam niet op tijd binnen.", _CLOSE) from error

    async def _read(self, most_bytes: int) -> bytes:
        kept, size = bytearray(), 0
        async for chunk in self._request.stream():
            size += len(chunk)
            if size <= most_bytes:
                kept += chunk
            elif size > DISCARDED * most_bytes:
                break
        if size > most_bytes:
            raise Problem(413, "body_too_large", "De aanvraag is te groot.", _CLOSE)
        return bytes(kept)


_CLOSE = {"Connection": "close"}


class Uploading:
    """A FastAPI dependency that declares that a route takes a file of one of these media types."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """Take the media types of the files that the route accepts, such as `image/jpeg`."""
        self.kinds = frozenset(kinds)

    async def __call__(self) -> None:
        """Do nothing; `UploadRoutes` reads the media types."""


def anyone_may_upload(*kinds: str) -> Any:
    """Return the annotation of a parameter of type `Upload`; a caller without a token is allowed."""
    return _upload(kinds, ANYONE)


def may_upload(kinds: Iterable[str], *roles: str) -> Any:
    """Return the annotation of a parameter of type `Upload`; the caller must have one of these roles."""
    return _upload(kinds, Access(*roles))


def _upload(kinds: Iterable[str], access: Access) -> Any:
    declared = Uploading(kinds)

    async def opened(
        request: Request, caller: Annotated[Caller | None, Depends(access)], _kinds: Annotated[None, Depends(declared)]
    ) -> Upload:
        return Upload(request, caller)

    return Depends(opened)


class UploadRoutes:
    """Finds which routes of an app accept files, and of which media types."""

    def __init__(self, routers: Iterable[APIRouter], prefix: str) -> None:
        """Find the routes that declare `Uploading`; `prefix` comes before each of their paths."""
        routes = [one for router in routers for one in router.routes if isinstance(one, APIRoute)]
        self._found: list[tuple[set[str], re.Pattern[str], frozenset[str]]] = [
            (route.methods or set(), compile_path(prefix + route.path)[0], call.kinds)
            for route in routes
            for call in called_by(route.dependant)
            if isinstance(call, Uploading)
        ]

    def kinds(self, scope: Scope) -> frozenset[str]:
        """Return the media types of the files that this request's route accepts; none if it accepts no files."""
        fitting = (
            kinds for methods, path, kinds in self._found if scope["method"] in methods and path.match(scope["path"])
        )
        return next(fitting, frozenset())

"""Defines the parameter of read-only routes: the caller, a database connection, and setters of response headers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from buurtsein_chassis.auth import ANYONE, Access, Caller
from buurtsein_chassis.database import Connection
from buurtsein_chassis.entity_tags import etag
from buurtsein_chassis.languages import Reader, language_headers


@dataclass(frozen=True, slots=True)
class Reading[Who: Caller | None]:
    """A read-only request: its caller, a database connection, and setters of response headers."""

    caller: Who
    connection: Connection
    _response: Response
    _lent: AsyncExitStack

    async def give_back(self) -> None:
        """Give the connection back to the pool, so that the route can no longer use it; a second call does nothing.

        A route calls this before it waits for something other than the database, such as a file. Otherwise the waiting
        requests could hold all connections.
        """
        await self._lent.aclose()

    def show_tag(self, version: int | str) -> None:
        """Set the response header ETag to the given version."""
        self._response.headers["ETag"] = etag(version)

    def show_language(self, reader: Reader) -> None:
        """Set the response headers that tell the language of the response, which is the reader's."""
        self._response.headers.update(language_headers(reader.language))

    def keep_private(self) -> None:
        """Set the response header Cache-Control, so that browsers and proxies do not store the response."""
        self._response.headers["Cache-Control"] = "no-store"


def may_read(*roles: str) -> Any:
    """Return the annotation of a parameter of type `Reading[Caller]`; the caller must have one of these roles.

    The role is always checked before a connection is taken, whatever the order of the route's parameters.
    """
    return _reading(Access(*roles))


def anyone_may_read() -> Any:
    """Return the annotation of a parameter of type `Reading[Caller | None]`; a caller without a token is allowed."""
    return _reading(ANYONE)


def _reading(access: Access) -> Any:
    async def opened(
        request: Request, response: Response, caller: Annotated[Caller | None, Depends(access)]
    ) -> AsyncIterator[Reading[Any]]:
        async with AsyncExitStack() as lent:
            connection = await lent.enter_async_context(request.app.state.database.connection())
            yield Reading(caller, connection, response, lent)

    return Depends(opened)

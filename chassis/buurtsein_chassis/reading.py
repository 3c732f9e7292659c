"""What a route that only reads works with: its caller, a connection to the database, and the headers of its answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from buurtsein_chassis.auth import ANYONE, Access, Caller
from buurtsein_chassis.database import Connection
from buurtsein_chassis.entity_tags import etag


@dataclass(frozen=True, slots=True)
class Reading[Who: Caller | None]:
    """One request that reads."""

    caller: Who
    connection: Connection
    _response: Response

    def show_tag(self, version: int | str) -> None:
        """Answer with the ETag of this version."""
        self._response.headers["ETag"] = etag(version)

    def keep_private(self) -> None:
        """Tell browsers and proxies not to store the answer."""
        self._response.headers["Cache-Control"] = "no-store"


def may_read(*roles: str) -> Any:
    """Annotates a parameter of type `Reading[Caller]`: for a caller with any of these roles.

    The role is checked before a connection is taken, in whatever order a route has its parameters.
    """
    return _reading(Access(*roles))


def anyone_may_read() -> Any:
    """Annotates a parameter of type `Reading[Caller | None]`: also for a caller without a token."""
    return _reading(ANYONE)


def _reading(access: Access) -> Any:
    async def opened(
        request: Request, response: Response, caller: Annotated[Caller | None, Depends(access)]
    ) -> AsyncIterator[Reading[Any]]:
        async with request.app.state.database.connection() as connection:
            yield Reading(caller, connection, response)

    return Depends(opened)

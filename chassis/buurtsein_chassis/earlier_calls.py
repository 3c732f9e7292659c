"""What `calls.py` was before: only until the registry and the notifier use what replaced it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from buurtsein_chassis import calls
from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import IdempotencyKey, Reply
from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_chassis.entity_tags import IfMatch, tag_read
from buurtsein_kernel.problems import require_seen


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply without its status."""

    body: BaseModel
    version: int | str | None = None


class Call:
    """One request that may change something."""

    def __init__(self, request: Request, idempotency_key: str | None) -> None:
        """`idempotency_key` is the header's, when given."""
        self._request = request
        self._key = idempotency_key

    async def once(
        self, caller: Caller | None, work: Callable[[UnitOfWork], Awaitable[Answer]], status: int = 200
    ) -> Response:
        """Do the work in one transaction."""

        async def handle(uow: UnitOfWork) -> Reply:
            answer = await work(uow)
            return Reply(answer.body, answer.version, status)

        return await calls.Call(self._request, caller, self._key).once(handle)


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _call(request: Request, idempotency_key: IdempotencyKey = None) -> Call:
    return Call(request, idempotency_key)


async def _seen_tag(if_match: IfMatch = None) -> str:
    return tag_read(if_match)


async def _seen_version(seen: Annotated[str, Depends(_seen_tag)]) -> int:
    return int(seen) if seen.isascii() and seen.isdigit() else -1


Command = Annotated[Call, Depends(_call)]
Reading = Annotated[Connection, Depends(_connection)]
SeenVersion = Annotated[int, Depends(_seen_version)]
SeenTag = Annotated[str, Depends(_seen_tag)]


def check_tag(seen: str, present: str) -> None:
    """Raise `version_changed` unless the tag that was seen is the present one."""
    require_seen(seen, present)

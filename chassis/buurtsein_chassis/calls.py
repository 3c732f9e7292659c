"""What a route that changes something works with: one transaction, answered once for each `Idempotency-Key`.

Invariant: the stored reply is written in the transaction of what it tells, so that both are there or neither.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from buurtsein_chassis.auth import ANYONE, Access, Caller
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.database import TRANSIENT, ConcurrentWrite, Database, UnitOfWork
from buurtsein_chassis.entity_tags import IfMatch, etag, tag_read
from buurtsein_chassis.problem import Problem
from buurtsein_chassis.strict_json import canonical
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError

REPLAYED = "Idempotent-Replayed"
_STORED_HEADERS = ("etag", "location", "cache-control")
_STORE = """
insert into idempotency (client, route, key, request_sha256, status, body, headers)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_STORED = "select * from idempotency where client = $1 and route = $2 and key = $3"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route that changes something answers."""

    body: BaseModel
    version: int | str | None = None
    """For the ETag: the version, or a tag of what a decision depends on."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The response, with the members that are set."""
        tag = {} if self.version is None else {"ETag": etag(self.version)}
        body = self.body.model_dump_json(exclude_none=True)
        return Response(body, self.status, {**self.headers, **tag}, media_type="application/json")


type Handle = Callable[[UnitOfWork], Awaitable[Reply | DomainError]]
"""Does the work in a unit of work. An error that is raised undoes the work; a DomainError that is returned refuses the
request too, and what was done before stays."""

type Complete = Callable[[dict[str, Any]], None]
"""Adds to the members of an answer what must not be stored with it, such as a secret that is derived."""

type IdempotencyKey = Annotated[str | None, Header(max_length=200)]


class Call[Who: Caller | None]:
    """One request that may change something, of a caller who may make it."""

    def __init__(self, request: Request, caller: Who, idempotency_key: str | None) -> None:
        """`idempotency_key` is the header's, when given."""
        self.caller = caller
        self._request = request
        self._key = idempotency_key
        self._database: Database = request.app.state.database

    async def once(self, handle: Handle, complete: Complete | None = None) -> Response:
        """Do the work in one transaction; the same key and body get the first answer again, and change nothing.

        Work that another request crossed (ConcurrentWrite) is done once more, on what that one left.
        """
        try:
            answer = await self._once(handle)
        except ConcurrentWrite:
            answer = await self._once(handle)
        crashpoint("api.committed")
        if isinstance(answer, DomainError):
            raise answer
        return answer if complete is None else _completed(answer, complete)

    async def _once(self, handle: Handle) -> Response | DomainError:
        try:
            return await self._in_a_transaction(handle)
        except TRANSIENT:
            raise
        except Exception:
            answered = await self._answered()
            if answered is None:
                raise
            return answered  # what failed was rolled back: it had been done before, under this key

    async def _in_a_transaction(self, handle: Handle) -> Response | DomainError:
        async with self._database.unit_of_work() as uow:
            reply = await handle(uow)
            if isinstance(reply, DomainError):
                return reply
            response = reply.response()
            await self._store(response, uow)
            return response

    def _client(self) -> str:
        """Whose answer it is, for this route and key alone: two rows of one person do not show that they are."""
        if self.caller is None:
            return "anonymous"
        told = "\n".join((self.caller.actor, self._route, self._key or ""))
        return hmac.new(self._request.app.state.answers_key, told.encode(), hashlib.sha256).hexdigest()

    async def _store(self, response: Response, uow: UnitOfWork) -> None:
        """Store the answer; UniqueViolationError when one was given to this key, also while this request worked."""
        if not self._key:
            return
        headers = {name: value for name, value in response.headers.items() if name in _STORED_HEADERS}
        body, digest = bytes(response.body).decode(), await self._digest()
        where = (self._client(), self._route, self._key)
        await uow.connection.execute(_STORE, *where, digest, response.status_code, body, json.dumps(headers))

    async def _answered(self) -> Response | None:
        """The answer that this key was given before; Problem when that was to another body."""
        if not self._key:
            return None
        async with self._database.connection() as connection:
            stored = await connection.fetchrow(_STORED, self._client(), self._route, self._key)
        if stored is None:
            return None
        if stored["request_sha256"] != await self._digest():
            raise Problem(422, "idempotency_key_reused", "Deze Idempotency-Key hoort bij een andere aanvraag.")
        return _stored_response(stored)

    async def _digest(self) -> str:
        return hashlib.sha256(canonical(await self._request.body())).hexdigest()

    @property
    def _route(self) -> str:
        return f"{self._request.method} {self._request.url.path}"


class Decision(Call[Caller]):
    """A person's decision about something that the person read."""

    def __init__(self, request: Request, caller: Caller, idempotency_key: str | None, seen: str) -> None:
        """`seen` is the version or tag that the person read, from `If-Match`."""
        super().__init__(request, caller, idempotency_key)
        self.by = By(caller.actor, seen, caller.roles)


def may_call(*roles: str) -> Any:
    """Annotates a parameter of type `Call[Caller]`: for a caller with any of these roles."""
    return _call(Access(*roles))


def anyone_may_call() -> Any:
    """Annotates a parameter of type `Call[Caller | None]`: also for a caller without a token."""
    return _call(ANYONE)


def may_decide(*roles: str) -> Any:
    """Annotates a parameter of type `Decision`: for a caller with any of these roles.

    Without `If-Match` it is refused with Problem 428.
    """
    access = Access(*roles)

    async def made(
        request: Request,
        caller: Annotated[Caller, Depends(access)],
        idempotency_key: IdempotencyKey = None,
        if_match: IfMatch = None,
    ) -> Decision:
        return Decision(request, caller, idempotency_key, tag_read(if_match))

    return Depends(made)


def _call(access: Access) -> Any:
    """Its dependency is no plain function: the framework would run that in a thread for every request."""

    async def made(
        request: Request, caller: Annotated[Caller | None, Depends(access)], idempotency_key: IdempotencyKey = None
    ) -> Call[Any]:
        return Call(request, caller, idempotency_key)

    return Depends(made)


def _stored_response(stored: asyncpg.Record) -> Response:
    headers = {**json.loads(stored["headers"]), REPLAYED: "true"}
    return Response(stored["body"], stored["status"], headers, media_type="application/json")


def _completed(response: Response, complete: Complete) -> Response:
    members = json.loads(bytes(response.body))
    complete(members)
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(json.dumps(members, ensure_ascii=False), response.status_code, headers)

"""Runs the handler of a route that changes data in one transaction, and only once for each `Idempotency-Key`.

Invariant: the reply is stored in the same transaction as the change, so that both are committed or neither is.
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from buurtsein_chassis.auth import ANYONE, Access, Caller
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.database import TRANSIENT, ConcurrentWrite, Connection, Database, UnitOfWork
from buurtsein_chassis.entity_tags import IfMatch, etag, tag_read
from buurtsein_chassis.forms import FORM, media_type
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
    """The reply of a route that changes data: a body, a status and headers."""

    body: BaseModel
    version: int | str | None = None
    """The value of the header ETag: a version number, or another tag that changes when the data changes."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return the HTTP response; None values are left out of the body."""
        tag = {} if self.version is None else {"ETag": etag(self.version)}
        body = self.body.model_dump_json(exclude_none=True)
        return Response(body, self.status, {**self.headers, **tag}, media_type="application/json")


type Handle = Callable[[UnitOfWork], Awaitable[Reply | DomainError]]
"""A function that handles a request in a unit of work. An error that it raises rolls the unit of work back. A
DomainError that it returns refuses the request as well, but what was written before it is committed."""

type Complete = Callable[[dict[str, Any]], None]
"""A function that adds members to the body of a reply after it was stored, such as a secret that must not be stored."""

type IdempotencyKey = Annotated[str | None, Header(max_length=200)]


class Call[Who: Caller | None]:
    """A request that may change data, sent by a caller who is allowed to send it."""

    def __init__(self, request: Request, caller: Who, idempotency_key: str | None) -> None:
        """Make the call of a request from the request, its caller, and its header `Idempotency-Key` or None."""
        self.caller = caller
        self._request = request
        self._key = idempotency_key
        self._database: Database = request.app.state.database

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Lend a connection to a route that must read something before its transaction begins."""
        async with self._database.connection() as connection:
            yield connection

    def unit_of_work(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work, for a route that needs several; `once` is for all others."""
        return self._database.unit_of_work()

    async def once(self, handle: Handle, complete: Complete | None = None) -> Response:
        """Run the handler in one transaction and return its response; a repeated request gets the stored response.

        A request with the key, query and body of an earlier one changes nothing and gets the earlier response. After a
        ConcurrentWrite the handler is run a second time, in a new transaction.
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
            return answered  # this attempt was rolled back, because an earlier one with this key had succeeded

    async def _in_a_transaction(self, handle: Handle) -> Response | DomainError:
        async with self._database.unit_of_work() as uow:
            reply = await handle(uow)
            if isinstance(reply, DomainError):
                return reply
            response = reply.response()
            await self._store(response, uow)
            return response

    def _client(self) -> str:
        """Return a code for the caller that differs for each route and `Idempotency-Key`.

        Therefore the stored responses do not show which requests came from the same caller.
        """
        if self.caller is None:
            return "anonymous"
        parts = "\n".join((self.caller.actor, self._route, self._key or ""))
        return hmac.new(self._request.app.state.answers_key, parts.encode(), hashlib.sha256).hexdigest()

    async def _store(self, response: Response, uow: UnitOfWork) -> None:
        """Store the response for an `Idempotency-Key`; raise UniqueViolationError if another request stored one."""
        if not self._key:
            return
        headers = {name: value for name, value in response.headers.items() if name in _STORED_HEADERS}
        body, digest = bytes(response.body).decode(), await self._digest()
        where = (self._client(), self._route, self._key)
        await uow.connection.execute(_STORE, *where, digest, response.status_code, body, json.dumps(headers))

    async def _answered(self) -> Response | None:
        """Return the response stored for the `Idempotency-Key`, or None; raise Problem 422 if query or body differs."""
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
        """Return a hash of the body and the query, so that a dry run and the real request have different hashes."""
        body, query = await self._request.body(), self._request.scope["query_string"]
        is_form = media_type(self._request.headers) == FORM
        digest = hashlib.sha256(body if is_form else canonical(body))
        return hashlib.sha256(digest.digest() + query).hexdigest() if query else digest.hexdigest()

    @property
    def _route(self) -> str:
        return f"{self._request.method} {self._request.url.path}"


class Decision(Call[Caller]):
    """A request with a person's decision about data; `If-Match` says which version the person has read."""

    def __init__(self, request: Request, caller: Caller, idempotency_key: str | None, seen: str) -> None:
        """Take the arguments of a `Call`, and `seen`: the version or tag in `If-Match`, which the person has read."""
        super().__init__(request, caller, idempotency_key)
        self.by = By(caller.actor, seen, caller.roles)


def may_call(*roles: str) -> Any:
    """Return the annotation of a parameter of type `Call[Caller]`; the caller must have one of these roles."""
    return _call(Access(*roles))


def anyone_may_call() -> Any:
    """Return the annotation of a parameter of type `Call[Caller | None]`; a caller without a token is allowed."""
    return _call(ANYONE)


def may_decide(*roles: str) -> Any:
    """Return the annotation of a parameter of type `Decision`; the caller must have one of these roles.

    A request without `If-Match` is refused with Problem 428.
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
    """Return a FastAPI dependency that makes the `Call` of a request, after the check of the route's access.

    The dependency is an async function, because FastAPI runs a plain function in a thread for every request.
    """

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

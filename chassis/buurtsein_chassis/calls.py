"""What a route works with: one command in one transaction, answered once per Idempotency-Key; reads on a connection."""

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.database import TRANSIENT, Connection, Database, UnitOfWork
from buurtsein_chassis.problem import Problem
from buurtsein_chassis.recording import Write, write
from buurtsein_chassis.strict_json import canonical
from buurtsein_contracts import EventData

REPLAYED = "Idempotent-Replayed"
_TAG = re.compile(r'"?([0-9]{1,18})"?')
_WEAKENED = (
    "De versie in If-Match is zwak (W/). Een tussenserver die antwoorden comprimeert, verandert sterke versies in "
    "zwakke: vraag uw beheerder om dat uit te zetten voor dit adres. Stuur anders de versie zonder W/."
)

_KEEP = """
insert into idempotency (client, route, key, request_sha256, status, body, headers)
values ($1, $2, $3, $4, $5, $6, $7)
"""

type Work = Callable[[UnitOfWork], Awaitable[Answer]]
type Decide = Callable[[], Awaitable[Recorded]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers: a model, and for its ETag the version or a tag of what a decision depends on."""

    body: BaseModel
    version: int | str | None = None

    def headers(self) -> dict[str, str]:
        """ETag, when there is a version."""
        return {} if self.version is None else {"ETag": etag(self.version)}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a command of one statement comes to: its answer, its events, and the rows that change with it."""

    answer: Answer
    events: Sequence[EventData]
    """Of different streams."""
    writes: Sequence[Write] = ()


def etag(version: int | str) -> str:
    """A strong entity tag."""
    return f'"{version}"'


class Call:
    """One request that may change something."""

    def __init__(self, request: Request, idempotency_key: str | None) -> None:
        """`idempotency_key` is the header's, when given."""
        self._request = request
        self._key = idempotency_key
        self.database: Database = request.app.state.database

    async def once(self, caller: Caller | None, work: Work, status: int = 200) -> Response:
        """Do the work in one transaction; the same key and body get the first answer again, and change nothing."""

        async def in_a_transaction(client: str) -> Response:
            async with self.database.unit_of_work() as uow:
                response = _response(await work(uow), status)
                for kept in await self._kept(client, response):
                    await uow.connection.execute(kept.sql, *kept.arguments)
            return response

        return await self._once(caller, in_a_transaction)

    async def once_recorded(self, caller: Caller | None, decide: Decide, status: int = 200) -> Response:
        """The same for a command that locks nothing: rows, events and answer are kept by one statement."""

        async def in_a_statement(client: str) -> Response:
            decided = await decide()
            response = _response(decided.answer, status)
            await self.database.record(decided.events, *decided.writes, *await self._kept(client, response))
            return response

        return await self._once(caller, in_a_statement)

    async def _once(self, caller: Caller | None, attempt: Callable[[str], Awaitable[Response]]) -> Response:
        client = self._client(caller)
        try:
            response = await attempt(client)
        except TRANSIENT:
            raise
        except Exception:
            answered = await self._answered(client) if self._key else None
            if answered is None:
                raise
            return answered  # what failed was rolled back: it had been done before, under this key
        crashpoint("api.committed")
        return response

    def _client(self, caller: Caller | None) -> str:
        """Whose answer it is, for this route and key alone: two rows of one person do not show that they are."""
        if caller is None:
            return "anonymous"
        told = "\n".join((caller.actor, self._route, self._key or ""))
        return hmac.new(self._request.app.state.answers_key, told.encode(), hashlib.sha256).hexdigest()

    async def _kept(self, client: str, response: Response) -> Sequence[Write]:
        """Keeps the answer; UniqueViolationError when one was given to this key, also while this request worked."""
        if not self._key:
            return ()
        headers = {name: value for name, value in response.headers.items() if name in ("etag", "location")}
        body, kept = bytes(response.body).decode(), json.dumps(headers)
        digest = await self._digest()
        return (write(_KEEP, client, self._route, self._key, digest, response.status_code, body, kept),)

    async def _answered(self, client: str) -> Response | None:
        """The answer this key was given; Problem when that was to another body."""
        async with self.database.connection() as connection:
            stored = await connection.fetchrow(
                "select * from idempotency where client = $1 and route = $2 and key = $3",
                client,
                self._route,
                self._key,
            )
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


def _response(answer: Answer, status: int) -> Response:
    body = answer.body.model_dump_json(exclude_none=True)
    return Response(body, status, answer.headers(), media_type="application/json")


def _stored_response(stored: asyncpg.Record) -> Response:
    headers = {**json.loads(stored["headers"]), REPLAYED: "true"}
    return Response(stored["body"], stored["status"], headers, media_type="application/json")


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _call(request: Request, idempotency_key: Annotated[str | None, Header(max_length=200)] = None) -> Call:
    """Not a plain function: the framework would run that in a thread for every request."""
    return Call(request, idempotency_key)


Command = Annotated[Call, Depends(_call)]
Reading = Annotated[Connection, Depends(_connection)]


async def _tag_seen(if_match: Annotated[str | None, Header(max_length=100)] = None) -> str:
    if if_match is None:
        raise Problem(428, "if_match_missing", "Geef in If-Match de versie die u gezien hebt.")
    if if_match.startswith("W/"):
        raise Problem(412, "weak_etag", _WEAKENED)
    return if_match


async def _if_match(if_match: Annotated[str, Depends(_tag_seen)]) -> int:
    tag = _TAG.fullmatch(if_match)
    if tag is None:
        raise Problem(412, "version_changed", "Dit werd intussen gewijzigd. Haal het opnieuw op.")
    return int(tag[1])


SeenVersion = Annotated[int, Depends(_if_match)]
"""The version in If-Match: 428 without the header."""


SeenTag = Annotated[str, Depends(_tag_seen)]
"""The tag in If-Match as it was shown, where it is no version number: 428 without the header."""


def check_version(seen: int, present: int) -> None:
    """Problem 412 when what the caller saw is no longer so."""
    if seen != present:
        raise Problem(412, "version_changed", "Dit werd intussen gewijzigd. Haal het opnieuw op.")


def check_tag(seen: str, present: str) -> None:
    """The same for a tag that is no version number."""
    if seen != etag(present):
        raise Problem(412, "version_changed", "Dit werd intussen gewijzigd. Haal het opnieuw op.")


class Page[Item](BaseModel):
    """A part of a list; `next` is the cursor for the following part, absent on the last."""

    items: list[Item]
    next: str | None = None


def page_of(items: list[Any], limit: int, cursor_of: Callable[[Any], str]) -> Page[Any]:
    """A page from one item more than was asked for."""
    more = len(items) > limit
    kept = items[:limit]
    return Page(items=kept, next=cursor_of(kept[-1]) if more else None)

"""Answers a request for a list: a page of JSON, or the whole list as CSV or GeoJSON, in pieces.

Invariant: a list that is sent in pieces holds a database connection only while it fetches a piece, so that slow readers
do not keep connections from others.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from buurtsein_chassis.auth import ANYONE, Access, Caller
from buurtsein_chassis.database import Database
from buurtsein_chassis.entity_tags import etag
from buurtsein_chassis.lists import statements
from buurtsein_chassis.lists.cursors import Place, cursor_after, place_in
from buurtsein_chassis.lists.declared import Condition, Format, Listing, ListPage, ListQuery, Total
from buurtsein_chassis.lists.formats import MEDIA_TYPES, as_csv, as_geojson, chosen, csv_response
from buurtsein_chassis.lists.pages import answered, page_rows
from buurtsein_chassis.problem import Problem

PIECE = 500
"""The number of rows that a list in pieces fetches at once."""
NOT_MODIFIED = 304
_WRITERS = {Format.CSV: as_csv, Format.GEOJSON: as_geojson}

type Show[Item: BaseModel] = Callable[[asyncpg.Record], Item]
"""Makes an item of the response from a row."""


@dataclass(frozen=True, slots=True)
class Lister[Who: Caller | None]:
    """A request for a list: its caller, and the request headers that choose the format of the response."""

    caller: Who
    database: Database
    accept: str
    if_none_match: str

    async def answer[Item: BaseModel](
        self,
        listing: Listing[Item],
        query: ListQuery,
        show: Show[Item],
        conditions: Sequence[Condition] = (),
        *,
        public_seconds: int | None = None,
    ) -> Response:
        """Return the rows that `query` and `conditions` select, as a response in JSON, CSV or GeoJSON.

        `public_seconds` is how long caches may keep a public list; without it no cache may keep the response.

        Raises:
            Problem: 422 `cursor_unknown`; 422 `list_too_long` for CSV or GeoJSON of more rows than the list's bound;
                406 `format_not_offered`.
        """
        form = chosen(listing, query.format, self.accept)
        after = place_in(query.cursor, listing, query.order)  # an error must come before the first byte
        asked = _Asked(listing, query, show, (*conditions, *query.conditions()), self.database)
        if form is Format.JSON:
            return self.as_json(await asked.page(after), public_seconds=public_seconds)
        headers = _kept(public_seconds)
        tag = _digest(f"{form} {list(listing.cells)} {await asked.tag()}")
        headers["Content-Disposition"] = f'attachment; filename="{listing.name}.{form}"'
        pieces = _WRITERS[form](listing, asked.pieces(after))
        return self._unless_known(tag, headers, lambda: StreamingResponse(pieces, media_type=MEDIA_TYPES[form]))

    def as_json(self, answer: BaseModel, *, public_seconds: int | None = None, language: str | None = None) -> Response:
        """Return an answer as JSON with an ETag; without `public_seconds`, no cache may keep the answer.

        `language` is the language of the sentences in the answer, when these depend on the reader.
        """
        body = answer.model_dump_json(exclude_none=True)
        made = Response(body, media_type=MEDIA_TYPES[Format.JSON])
        headers = _kept(public_seconds)
        if language:
            headers |= {"Content-Language": language, "Vary": "Accept, Accept-Language"}
        return self._unless_known(_digest(body), headers, lambda: made)

    def whole[Item: BaseModel](
        self,
        listing: Listing[Item],
        answer: BaseModel,
        items: Sequence[Item],
        asked: Format | None,
        public_seconds: int,
    ) -> Response:
        """Return a complete public answer with an ETag: the answer as JSON, or its items as CSV.

        Raises:
            Problem: 406 `format_not_offered`.
        """
        if chosen(listing, asked, self.accept) is Format.JSON:
            return self.as_json(answer, public_seconds=public_seconds)
        made = csv_response(listing, items)
        headers = {"Content-Disposition": made.headers["Content-Disposition"]} | _kept(public_seconds)
        return self._unless_known(_digest(bytes(made.body).decode()), headers, lambda: made)

    async def count(self, listing: Listing[Any], conditions: Sequence[Condition]) -> Total:
        """Count the rows of a list, up to the list's maximum count."""
        return await _total(listing, conditions, self.database)

    def _unless_known(self, tag: str, headers: dict[str, str], make: Callable[[], Response]) -> Response:
        """Return the response with its ETag, or status 304 when the client already has this version."""
        known = etag(tag) in {one.strip().removeprefix("W/") for one in self.if_none_match.split(",")}
        response = Response(status_code=NOT_MODIFIED) if known else make()
        response.headers.update(headers | {"ETag": etag(tag)})
        return response


@dataclass(frozen=True, slots=True)
class _Asked[Item: BaseModel]:
    """A request for a list: its parameters, the declaration of the list, and the conditions on the rows."""

    listing: Listing[Item]
    query: ListQuery
    show: Show[Item]
    conditions: Sequence[Condition]
    database: Database

    async def page(self, after: Place | None) -> ListPage[Item]:
        limit = self.query.limit
        found = await self._fetch(after, limit + 1)
        items = [self.show(row) for row in found[:limit]]
        more = cursor_after(_place(found[limit - 1]), self.listing, self.query.order) if len(found) > limit else None
        total = await _total(self.listing, self.conditions, self.database) if self.query.count else None
        return ListPage(items=items, next=more, total=total)

    async def pieces(self, after: Place | None) -> AsyncIterator[list[Item]]:
        """Yield the list's items after a position, in batches, and at most `most_rows` items."""
        left = self.listing.most_rows
        while left > 0:
            found = await self._fetch(after, min(PIECE, left))
            yield [self.show(row) for row in found]
            if len(found) < PIECE:
                return
            after, left = _place(found[-1]), left - len(found)

    async def tag(self) -> str:
        """Return a tag of the selected rows, which changes with them; raise Problem 422 if there are too many rows."""
        await _require_short(self.listing, self.conditions, self.database)
        tag = await _value(statements.tag(self.listing, self.conditions), self.database)
        return f"{self.query.order} {self.query.cursor} {tag}"

    async def _fetch(self, after: Place | None, limit: int) -> Sequence[asyncpg.Record]:
        async with self.database.connection() as connection:
            return await page_rows(connection, self.listing, self.query.order, self.conditions, after, limit)


async def written[Item: BaseModel](
    listing: Listing[Item],
    query: ListQuery,
    show: Show[Item],
    conditions: Sequence[Condition],
    form: Format,
    database: Database,
) -> AsyncIterator[str]:
    """Yield the whole list as CSV or GeoJSON text, for a file that is made outside of a request."""
    asked = _Asked(listing, query, show, (*conditions, *query.conditions()), database)
    async for text in _WRITERS[form](listing, asked.pieces(None)):
        yield text


async def require_short(
    listing: Listing[Any], query: ListQuery, conditions: Sequence[Condition], database: Database
) -> None:
    """Raise Problem 422 `list_too_long` when a list has more rows than its bound."""
    await _require_short(listing, (*conditions, *query.conditions()), database)


async def _require_short(listing: Listing[Any], conditions: Sequence[Condition], database: Database) -> None:
    if not (await _total(listing, conditions, database)).exact:
        detail = f"Dit zijn meer dan {listing.most_rows} rijen. Kies een strengere filter."
        raise Problem(422, "list_too_long", detail, most=listing.most_rows)


async def _total(listing: Listing[Any], conditions: Sequence[Condition], database: Database) -> Total:
    counted = await _value(statements.number(listing, conditions), database)
    return Total(number=min(counted, listing.most_rows), exact=counted <= listing.most_rows)


async def _value(statement: statements.Statement, database: Database) -> Any:
    async with database.connection() as connection:
        [[value]] = await answered(connection, statement)
        return value


def may_list(*roles: str) -> Any:
    """Return the annotation of a parameter of type `Lister[Caller]`; the caller must have one of these roles."""
    return _lister(Access(*roles))


def anyone_may_list() -> Any:
    """Return the annotation of a parameter of type `Lister[Caller | None]`; a caller without a token is allowed."""
    return _lister(ANYONE)


def _lister(access: Access) -> Any:
    async def made(
        request: Request,
        caller: Annotated[Caller | None, Depends(access)],
        accept: Annotated[str, Header(max_length=1000, include_in_schema=False)] = "",
        if_none_match: Annotated[str, Header(max_length=1000)] = "",
    ) -> Lister[Any]:
        return Lister(caller, request.app.state.database, accept, if_none_match)

    return Depends(made)


def _kept(public_seconds: int | None) -> dict[str, str]:
    """Return the Cache-Control headers of a public response; None for a response that is not public."""
    keep = "no-store" if public_seconds is None else f"public, max-age={public_seconds}"
    return {"Cache-Control": keep, "Vary": "Accept"}


def _place(row: asyncpg.Record) -> Place:
    return Place(row["list_value"], row["list_key"])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

"""Chooses the format of a list's response, and writes the items as CSV or GeoJSON in pieces."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from buurtsein_chassis.lists.declared import Format, Listing
from buurtsein_chassis.problem import Problem
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.spreadsheets import guarded

MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.GEOJSON: "application/geo+json",
}
_CSV = {"text/csv": {"schema": {"type": "string", "description": "UTF-8 with byte order mark, `;`, all rows."}}}
_GEOJSON = {"application/geo+json": {"schema": {"type": "object", "description": "A FeatureCollection (RFC 7946)."}}}
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": _CSV}}
AS_CSV_AND_GEOJSON: dict[int | str, dict[str, Any]] = {200: {"content": _CSV | _GEOJSON}}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The list that If-None-Match names is current."}}
"""Additions to the OpenAPI entry of a route: the forms in which its list is offered, and status 304."""


def chosen(listing: Listing[Any], asked: Format | None, accept: str) -> Format:
    """Return the response format: `asked`, else the first format in the header `Accept` that the list offers.

    Without either it is JSON. Raises Problem 406 `format_not_offered` when GeoJSON is asked of a list without places.
    """
    offered = [one for one in Format if one is not Format.GEOJSON or listing.place]
    if asked and asked not in offered:
        raise Problem(406, "format_not_offered", "Deze lijst bestaat niet in deze vorm.")
    wanted = (_named(part, offered) for part in accept.split(","))
    return asked or next((one for one in wanted if one), Format.JSON)


def _named(part: str, offered: Iterable[Format]) -> Format | None:
    name = part.partition(";")[0].strip().lower()
    return next((one for one in offered if MEDIA_TYPES[one].partition(";")[0] == name), None)


async def as_csv[Item: BaseModel](listing: Listing[Item], items: AsyncIterator[list[Item]]) -> AsyncIterator[str]:
    """Yield CSV text: a byte order mark, headings, and a line for each item; formulas are made harmless with `'`."""
    yield "\ufeff" + _lines([listing.cells])
    async for some in items:
        yield _lines([_cell(cell(item)) for cell in listing.cells.values()] for item in some)


def csv_response[Item: BaseModel](listing: Listing[Item], items: Iterable[Item]) -> Response:
    """Return all items as one CSV response, which browsers and proxies may not store."""
    rows = ([_cell(cell(item)) for cell in listing.cells.values()] for item in items)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{listing.name}.csv"'}
    body = "\ufeff" + _lines([listing.cells]) + _lines(rows)
    return Response(body, media_type=MEDIA_TYPES[Format.CSV], headers=headers)


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue()


def _cell(value: object) -> str:
    """Return the text of a CSV cell; times are shown in Belgian time, and numbers with a decimal comma."""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case datetime():
            return f"{value.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}"
        case float():
            return str(value).replace(".", ",")
        case str():
            return guarded(value)
        case _:
            return str(value)


async def as_geojson[Item: BaseModel](listing: Listing[Item], items: AsyncIterator[list[Item]]) -> AsyncIterator[str]:
    """Yield a GeoJSON FeatureCollection: a feature for each item, with the item's other fields as properties."""
    yield '{"type":"FeatureCollection","features":['
    before = ""
    async for some in items:
        features = [json.dumps(_feature(listing, item), ensure_ascii=False, separators=(",", ":")) for item in some]
        yield before + ",".join(features) if features else ""
        before = "," if features or before else ""
    yield "]}"


def _feature(listing: Listing[Any], item: BaseModel) -> dict[str, Any]:
    properties = item.model_dump(mode="json", exclude_none=True)
    geometry = properties.pop(listing.place, None) if listing.place else None
    return {"type": "Feature", "properties": properties, "geometry": geometry}

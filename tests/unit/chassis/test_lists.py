"""Lists as a client sees them: pages, counts, cursors, CSV and GeoJSON."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Response
from pydantic import BaseModel

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.lists import (
    AS_CSV_AND_GEOJSON,
    Lister,
    Listing,
    ListPage,
    ListQuery,
    Order,
    anyone_may_list,
    condition,
    contains,
    equals,
    one_of,
    words_in,
)
from buurtsein_chassis.lists.statements import rows

FIRST, SECOND = UUID(int=1), UUID(int=2)
SQUARE = {"type": "Polygon", "coordinates": [[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]]}


class Lamp(BaseModel):
    """A row of the example list: a street lamp with a name and an area."""

    lamp_id: UUID
    name: str
    area: dict[str, Any]


class LampQuery(ListQuery):
    """The filters of the example list of street lamps."""

    order: Literal["name", "newest"] = "name"
    kind: Annotated[str | None, equals("kind")] = None
    state: Annotated[list[str] | None, one_of("state")] = None
    postcode: Annotated[str | None, contains("postcodes")] = None
    q: Annotated[str | None, words_in("words")] = None


LAMPS = Listing[Lamp](
    name="lamps",
    table="lamp",
    select="lamp_id, name, area",
    key="lamp_id",
    orders={"name": Order("name", "text"), "newest": Order("lit_at", "timestamptz", descending=True)},
    cells={"naam": lambda lamp: lamp.name},
    place="area",
    most_rows=3,
)
NO_PLACE = Listing[Lamp]("lamps", "lamp", "*", "lamp_id", LAMPS.orders, LAMPS.cells)


class Rows:
    """A fake database that answers every SQL statement with the same rows, at most as many as the statement's limit."""

    def __init__(self) -> None:
        self.names = ["Molenstraat", "Markt"]
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Rows"]:
        yield self

    async def prepare(self, sql: str) -> Any:
        return SimpleNamespace(fetch=partial(self.fetch, sql))

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        if "order by name" not in sql and "order by lit_at" not in sql:
            return [[len(self.names) if "count(*)" in sql else "-".join(self.names)]]
        self.statements.append((sql, values))
        begun = sql.count("::text::uuid")
        shown = self.names[begun:][: int(sql.rpartition("limit ")[2])]
        return [
            {"lamp_id": UUID(int=number), "name": name, "area": SQUARE, "list_value": name, "list_key": str(FIRST)}
            for number, name in enumerate(shown, 1)
        ]


router = APIRouter()


@router.get("/lamps", response_model=ListPage[Lamp], responses=AS_CSV_AND_GEOJSON)
async def lamps(
    query: Annotated[LampQuery, Query()], lister: Annotated[Lister[Caller | None], anyone_may_list()]
) -> Response:
    return await lister.answer(LAMPS, query, _lamp, public_seconds=60)


@router.get("/dark", response_model=ListPage[Lamp])
async def dark(
    query: Annotated[LampQuery, Query()], lister: Annotated[Lister[Caller | None], anyone_may_list()]
) -> Response:
    return await lister.answer(NO_PLACE, query, _lamp)


def _lamp(row: Any) -> Lamp:
    return Lamp(lamp_id=row["lamp_id"], name=row["name"], area=row["area"])


@pytest.fixture
def database() -> Rows:
    return Rows()


@pytest.fixture
async def client(database: Rows) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = create_app("test", [router], Health(stalled_seconds=30), max_body_bytes=1000, body_seconds=1)
    app.state.database, app.state.limits = database, RateLimits(1000, 1000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/v1") as opened:
        yield opened


async def code(client: httpx.AsyncClient, path: str, **parameters: Any) -> tuple[int, str]:
    answer = await client.get(path, params=parameters)
    return answer.status_code, answer.json()["code"]


async def test_a_page_names_the_cursor_of_the_next_page(client: httpx.AsyncClient) -> None:
    first = (await client.get("/lamps", params={"limit": 1})).json()
    assert [lamp["name"] for lamp in first["items"]] == ["Molenstraat"]
    rest = (await client.get("/lamps", params={"limit": 1, "cursor": first["next"]})).json()
    assert [lamp["name"] for lamp in rest["items"]] == ["Markt"]
    assert "next" not in rest


async def test_a_cursor_of_another_order_is_refused(client: httpx.AsyncClient) -> None:
    cursor = (await client.get("/lamps", params={"limit": 1})).json()["next"]
    assert await code(client, "/lamps", cursor=cursor, order="newest") == (422, "cursor_unknown")


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyJsYW1wcyIsIm5hbWUiLCJhIiwiYiJd", "é", "W1tbW1s"])
async def test_a_made_up_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    assert await code(client, "/lamps", cursor=cursor) == (422, "cursor_unknown")


@pytest.mark.parametrize("parameters", [{"colour": "red"}, {"order": "price"}, {"limit": 201}, {"format": "xml"}])
async def test_a_filter_order_or_form_that_the_list_does_not_have_is_refused(
    client: httpx.AsyncClient, parameters: dict[str, Any]
) -> None:
    answer = await client.get("/lamps", params=parameters)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"][0]["field"] in parameters


async def test_values_never_become_sql(client: httpx.AsyncClient, database: Rows) -> None:
    evil = "x'; drop table lamp; --"
    await client.get("/lamps", params={"kind": evil, "state": [evil, "off"], "postcode": evil, "q": evil})
    assert database.statements
    for sql, values in database.statements:
        assert "drop" not in sql
        assert values == (evil, [evil, "off"], evil, "x:* & drop:* & table:* & lamp:*")


def test_the_rows_after_a_place_are_those_of_the_order_and_then_of_the_key() -> None:
    sql, values = rows(LAMPS, "newest", [condition("kind = {}", "led")], None, 10)
    assert "order by lit_at desc, lamp_id desc limit 10" in sql
    assert values == ["led"]


async def test_the_count_is_exact_up_to_the_bound_of_the_list(client: httpx.AsyncClient, database: Rows) -> None:
    assert (await client.get("/lamps", params={"count": True})).json()["total"] == {"number": 2, "exact": True}
    database.names = ["a", "b", "c", "d"]
    assert (await client.get("/lamps", params={"count": True})).json()["total"] == {"number": 3, "exact": False}


async def test_a_spreadsheet_opens_the_list_as_csv(client: httpx.AsyncClient) -> None:
    answer = await client.get("/lamps", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.decode("utf-8-sig") == "naam\r\nMolenstraat\r\nMarkt\r\n"


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x";"y")', "+32", "-1", "@x", "\tx", "\rx", " =1"])
async def test_a_name_that_is_a_formula_is_no_formula_in_the_csv(
    client: httpx.AsyncClient, database: Rows, name: str
) -> None:
    database.names = [name]
    text = (await client.get("/lamps", params={"format": "csv"})).content.decode("utf-8-sig")
    _, [cell] = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert cell == f"'{name}"


async def test_a_csv_of_too_many_rows_is_refused_and_not_cut_off(client: httpx.AsyncClient, database: Rows) -> None:
    database.names = ["a", "b", "c", "d"]
    assert await code(client, "/lamps", format="csv") == (422, "list_too_long")


async def test_a_map_reads_the_list_as_geojson(client: httpx.AsyncClient, database: Rows) -> None:
    answer = await client.get("/lamps", headers={"Accept": "text/html, application/geo+json;q=0.9"})
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [one["geometry"] for one in features] == [SQUARE, SQUARE]
    assert features[0]["properties"] == {"lamp_id": str(FIRST), "name": "Molenstraat"}
    database.names = []
    assert (await client.get("/lamps", params={"format": "geojson"})).json()["features"] == []


async def test_a_list_without_places_has_no_geojson(client: httpx.AsyncClient) -> None:
    assert await code(client, "/dark", format="geojson") == (406, "format_not_offered")


@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
async def test_a_client_with_the_present_list_gets_304(client: httpx.AsyncClient, database: Rows, form: str) -> None:
    first = await client.get("/lamps", params={"format": form})
    again = await client.get(
        "/lamps", params={"format": form}, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=60"
    database.names.append("Nieuw")
    changed = await client.get("/lamps", params={"format": form}, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_a_list_that_is_not_public_is_kept_by_no_cache(client: httpx.AsyncClient) -> None:
    assert (await client.get("/dark")).headers["cache-control"] == "no-store"

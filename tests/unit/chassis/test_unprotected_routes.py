"""A service with a route that does not declare who may call it refuses to start, for every kind of route."""

from collections.abc import Callable
from typing import Annotated

import pytest
from fastapi import APIRouter, WebSocket
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from buurtsein_chassis.auth import Caller, allow, anyone
from buurtsein_chassis.calls import Decision, may_decide
from buurtsein_chassis.health import Health
from buurtsein_chassis.http import UnprotectedRoute, create_app
from buurtsein_chassis.provided import NotProvided, by_type, provided, require_provided
from buurtsein_chassis.reading import Reading, may_read


def start(router: APIRouter) -> None:
    create_app("test", [router], Health(stalled_seconds=30), max_body_bytes=1000, body_seconds=1)


def good() -> APIRouter:
    router = APIRouter()

    @router.get("/protected")
    async def protected(_: None = allow("officer")) -> None: ...

    @router.get("/public")
    async def public(_: None = anyone()) -> None: ...

    @router.get("/read")
    async def read(reading: Annotated[Reading[Caller], may_read("officer")]) -> None: ...

    @router.post("/decide")
    async def decide(decision: Annotated[Decision, may_decide("officer")]) -> None: ...

    return router


def test_routes_that_say_who_may_call_them_start() -> None:
    start(good())


def forgotten(router: APIRouter) -> None:
    @router.get("/forgotten")
    async def route() -> None: ...


def of_starlette(router: APIRouter) -> None:
    async def route(_: Request) -> Response:
        return Response()

    router.add_route("/of-starlette", route)


def websocket(router: APIRouter) -> None:
    @router.websocket("/websocket")
    async def route(socket: WebSocket) -> None: ...


def mounted(router: APIRouter) -> None:
    router.mount("/mounted", StaticFiles(directory=".", check_dir=False))


def nested(router: APIRouter) -> None:
    inner = APIRouter()
    forgotten(inner)
    router.include_router(inner)


@pytest.mark.parametrize("add", [forgotten, of_starlette, websocket, mounted, nested])
def test_a_route_without_declared_access_stops_the_start(add: Callable[[APIRouter], None]) -> None:
    router = good()
    add(router)
    with pytest.raises(UnprotectedRoute):
        start(router)


def test_a_route_that_asks_for_what_its_service_does_not_provide_stops_the_start() -> None:
    router = good()

    @router.get("/needy")
    async def needy(_: Annotated[str, provided(str)], __: None = anyone()) -> None: ...

    require_provided([router], by_type(["something"]))
    with pytest.raises(NotProvided, match="/needy needs str"):
        require_provided([router], by_type([1]))

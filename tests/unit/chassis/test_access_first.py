"""A route checks the caller before it takes a database connection, and before it validates the request."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Decision, may_decide
from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.reading import Reading, anyone_may_read, may_read


class Counting:
    """A fake database that counts requests for a connection and gives none."""

    def __init__(self) -> None:
        self.asked = 0

    def connection(self) -> Any:
        self.asked += 1
        raise ConnectionError

    def failed(self, _: Exception) -> None:
        """Do nothing; the method of a real `Database` stores a failure for the readiness check."""


router = APIRouter()


@router.get("/protected/{number}")
async def protected(number: int, reading: Annotated[Reading[Caller], may_read("officer")]) -> None: ...


@router.get("/public")
async def public(reading: Annotated[Reading[Caller | None], anyone_may_read()]) -> None: ...


@router.post("/decision")
async def decision(body: int, made: Annotated[Decision, may_decide("officer")]) -> None: ...


@pytest.fixture
def app() -> FastAPI:
    app = create_app("test", [router], Health(stalled_seconds=30), max_body_bytes=1000, body_seconds=1)
    app.state.database = Counting()
    app.state.limits = RateLimits(100, 100)
    return app


async def status(app: FastAPI, method: str, path: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return (await client.request(method, f"/v1{path}")).status_code


async def test_a_caller_without_a_token_is_refused_before_a_database_connection_is_taken(app: FastAPI) -> None:
    assert await status(app, "GET", "/protected/1") == 401
    assert app.state.database.asked == 0


async def test_a_public_route_takes_a_database_connection_for_every_caller(app: FastAPI) -> None:
    assert await status(app, "GET", "/public") == 503
    assert app.state.database.asked == 1


async def test_a_caller_without_a_token_gets_no_validation_errors(app: FastAPI) -> None:
    assert await status(app, "GET", "/protected/no-number") == 401
    assert await status(app, "POST", "/decision") == 401

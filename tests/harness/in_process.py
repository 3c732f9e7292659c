"""Calls a service's routes inside the test process, with a real database and without a token issuer."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import APIRouter, FastAPI

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.database import Database
from buurtsein_chassis.facades import Facade
from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.provided import by_type

MANY = 100_000


class Tokens:
    """Accepts every access token of the form `actor:role,role` as that person with those roles."""

    async def check(self, token: str) -> Caller:
        actor, _, roles = token.partition(":")
        return Caller(actor, frozenset(roles.split(",")))


@asynccontextmanager
async def serving(
    router: APIRouter, database: Database, *provides: object, facades: Sequence[Facade] = ()
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield an HTTP client of a service that is made in the test process from these routes and objects."""
    async with client_of(app_of(router, *provides, facades=facades), database) as client:
        yield client


@asynccontextmanager
async def on_a_port(router: APIRouter, database: Database, *provides: object) -> AsyncIterator[str]:
    """Serve the routes on a real port of this machine, in the test process; yield their address."""
    app = app_of(router, *provides)
    app.state.database = database
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        running = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        server.should_exit = True
        await running


def app_of(router: APIRouter, *provides: object, facades: Sequence[Facade] = ()) -> FastAPI:
    """Return an app with these routes and objects, which accepts the tokens of `caller`; it has no database yet."""
    served: list[APIRouter | Facade] = [router, *facades]
    app = create_app("test", served, Health(stalled_seconds=30), max_body_bytes=1_000_000, body_seconds=5)
    app.state.tokens, app.state.answers_key = Tokens(), b"answers"
    app.state.limits, app.state.provided = RateLimits(MANY, MANY), by_type(provides)
    return app


def client_of(app: FastAPI, database: object) -> httpx.AsyncClient:
    """Return an HTTP client of an app, and let the app use this database, or an object with the methods it calls."""
    app.state.database = database
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/v1")


def caller(actor: str, *roles: str) -> dict[str, str]:
    """Return the HTTP header that makes a request come from a person with these roles."""
    return {"Authorization": f"Bearer {actor}:{','.join(roles)}"}

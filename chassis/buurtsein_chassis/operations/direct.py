"""Runs the operators' routes of one service in this process, on the service's database, for when the service is down.

The routes are those of the service, so that a command gives the same answers. The caller of each route is the person
who runs the command, with the role `operator`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_bytes

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from buurtsein_chassis.auth import Called, Caller
from buurtsein_chassis.database import Database, open_pool
from buurtsein_chassis.http import NO_TELEMETRY, VERSION_PREFIX
from buurtsein_chassis.manifest import Manifest
from buurtsein_chassis.operations.routes import ROUTERS
from buurtsein_chassis.operations.routes.asking import Operated
from buurtsein_chassis.problem import handle_problems
from buurtsein_chassis.provided import by_type

STATEMENT_SECONDS = 300.0
"""The timeout of a statement; it is long, because no other request waits for this process."""


@asynccontextmanager
async def direct_app(manifest: Manifest, dsn: str, who: str) -> AsyncIterator[ASGIApp]:
    """Yield an app with the operators' routes of one service, which work on the database at `dsn`.

    `who` is recorded as the operator of each act.

    Raises:
        asyncpg.PostgresError, OSError: the database cannot be reached.
    """
    pool = await open_pool(dsn, size=2, command_timeout=STATEMENT_SECONDS)
    try:
        app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY)
        for router in ROUTERS:
            app.include_router(router, prefix=VERSION_PREFIX)
        handle_problems(app)
        app.state.database = Database(pool, manifest.name)
        app.state.provided = by_type([Operated.of(manifest.name, manifest.jobs, manifest.load_projections())])
        app.state.answers_key = token_bytes(32)  # required by the app, but no request here has an Idempotency-Key
        yield _AsOperator(app, who)
    finally:
        await pool.close()


class _AsOperator:
    """ASGI middleware that makes one operator the caller of every request."""

    def __init__(self, app: ASGIApp, who: str) -> None:
        """Wrap the next ASGI app; `who` is the name that is recorded for each act of the operator."""
        self._app = app
        self._called = Called(Caller(who, frozenset({"operator"})))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on to the next app, with the operator as its caller."""
        scope.setdefault("state", {})["called"] = self._called
        await self._app(scope, receive, send)

"""Makes the FastAPI app of a service, with limits, correlation ids, metrics and problem details.

Invariant: a service with a route that does not declare who may call it does not start.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from operator import attrgetter
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buurtsein_chassis import metrics, telemetry
from buurtsein_chassis.auth import Access
from buurtsein_chassis.documented import PROBLEM_RESPONSES, TOKEN_OPTIONAL, DocumentedApp
from buurtsein_chassis.facades import Facade, FacadeErrors, prefix_of
from buurtsein_chassis.health import Health, health_router
from buurtsein_chassis.problem import handle_problems, unexpected
from buurtsein_chassis.provided import called_by
from buurtsein_chassis.rate_limiting import RateLimiting
from buurtsein_chassis.request_limits import RequestLimits
from buurtsein_chassis.trace import current_trace, present_trace, trace_from
from buurtsein_chassis.uploads import UploadRoutes

SERVER_ERROR = 500
CLIENT_CLOSED_REQUEST = 499
"""The status that proxies log when the client closed the connection before the response."""
VERSION_PREFIX = "/v1"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""The methods that metrics show by name; all others, which a client can invent, are shown as OTHER."""

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own telemetry is off, because it exports whole addresses and error messages; `telemetry.py` does not."""

log = structlog.get_logger("http")

type Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class UnprotectedRoute(Exception):
    """Raised at the start for a route that does not declare who may call it."""


def create_app(
    title: str,
    routers: Sequence[APIRouter | Facade],
    health: Health,
    *,
    max_body_bytes: int,
    body_seconds: float,
    metrics_port: int | None = 0,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Return the app of one service; raise UnprotectedRoute when a route does not declare who may call it."""
    app = DocumentedApp(
        title=title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    app.include_router(health_router(health, metrics_port))
    app.state.service = title
    app.state.known_roles = frozenset[str]()
    facades = [one for one in routers if isinstance(one, Facade)]
    for one in routers:
        if isinstance(one, Facade):
            _include(app, one.router, one.prefix, one.responses)
        else:
            _include(app, one, VERSION_PREFIX, PROBLEM_RESPONSES)
    handle_problems(app)
    with_forms = [one.prefix for one in facades]
    prefixes = [VERSION_PREFIX, *with_forms]
    app.add_middleware(
        RequestLimits,
        max_body_bytes=max_body_bytes,
        body_seconds=body_seconds,
        with_forms=with_forms,
        uploads=UploadRoutes([one for one in routers if not isinstance(one, Facade)], VERSION_PREFIX),
    )
    app.add_middleware(RateLimiting, prefixes=prefixes)
    for facade in facades:
        app.add_middleware(FacadeErrors, facade=facade)
    app.add_middleware(Observed, health=health, prefixes=prefixes)
    return app


def _include(app: FastAPI, router: APIRouter, prefix: str, responses: dict[int | str, dict[str, Any]]) -> None:
    """Add routes to an app under a prefix, after a check that each of them declares who may call it."""
    for route in router.routes:
        app.state.known_roles |= _declared_access(route).roles
    app.include_router(router, prefix=prefix, responses=responses, generate_unique_id_function=attrgetter("name"))


def _declared_access(route: BaseRoute) -> Access:
    """Return the access that a route declares; raise UnprotectedRoute for mounts, websockets and nested routers too."""
    access = access_of(route) if isinstance(route, APIRoute) else None
    if not isinstance(route, APIRoute) or access is None:
        raise UnprotectedRoute(getattr(route, "path", type(route).__name__))
    if access.public:
        route.openapi_extra = (route.openapi_extra or {}) | TOKEN_OPTIONAL
    return access


def access_of(route: APIRoute) -> Access | None:
    """Return the `Access` object among a route's dependencies, or None when the route has none."""
    return next((call for call in called_by(route.dependant) if isinstance(call, Access)), None)


class Observed:
    """ASGI middleware that sets the trace, returns the correlation id, and measures and logs each request."""

    def __init__(self, app: ASGIApp, *, health: Health, prefixes: Sequence[str]) -> None:
        """Wrap the next ASGI app; `health.draining` tells that the process is about to stop.

        `prefixes` are those under which routes are served.
        """
        self._app = app
        self._prefixes = prefixes
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on to the next app; for HTTP, set the trace, and log and measure the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = trace_from(headers.get("x-correlation-id"), headers.get("traceparent"))
        span = telemetry.serving(_method(scope), scope["path"], headers.get("traceparent"))
        if span:
            trace = replace(trace, traceparent=span.traceparent)
        token = current_trace.set(trace)
        exchange = _Exchange(send, closing=self._health.draining)
        try:
            with structlog.contextvars.bound_contextvars(correlation_id=trace.correlation_id):
                await self._exchange(scope, receive, exchange)
        finally:
            current_trace.reset(token)
            if span:
                name = f"{_method(scope)} {self._route(scope)}"
                failed = exchange.status >= SERVER_ERROR
                span.end({"http.response.status_code": exchange.status}, name=name, failed=failed)

    async def _exchange(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        """Run the app for one request, then count and log it; answer 500 if the app fails before it responds."""
        started = time.perf_counter()
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:
            response = unexpected(error, scope)
            if exchange.begun:
                exchange.status = SERVER_ERROR
                raise
            await response(scope, receive, exchange.send)
        finally:
            _observe(scope, self._route(scope), exchange.status, time.perf_counter() - started)

    def _route(self, scope: Scope) -> str:
        """Return the path pattern of the route, with the prefix that FastAPI leaves out; `none` if no route matches."""
        pattern: str | None = getattr(scope.get("route"), "path", None)
        if pattern is None:
            return "none"
        prefix = prefix_of(scope["path"], self._prefixes)
        return prefix + pattern.removeprefix(prefix)


class _Exchange:
    """Sends the response of one request, and remembers its status.

    Until the response begins, the status is 499 (the client disconnected).
    """

    def __init__(self, send: Send, *, closing: bool) -> None:
        """Take the server's `send`; `closing` tells the client to use a new connection for its next request."""
        self.status = CLIENT_CLOSED_REQUEST
        self.begun = False
        self._send = send
        self._more = {"Connection": "close"} if closing else {}

    async def send(self, message: Message) -> None:
        """Pass a message on to the server; add the header `X-Correlation-Id` when the response begins."""
        if message["type"] == "http.response.start":
            self.begun = True
            self.status = message["status"]
            headers = self._more | {"X-Correlation-Id": present_trace().correlation_id}
            MutableHeaders(scope=message).update(headers)
        await self._send(message)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


def _observe(scope: Scope, route: str, status: int, seconds: float) -> None:
    """Measure and log one request by its path pattern, not by its path, which can contain personal data."""
    method = _method(scope)
    metrics.REQUESTS.labels(method, route, str(status)).observe(seconds)
    if not route.startswith(("/health", "/metrics")):
        log.info(
            "http.request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )

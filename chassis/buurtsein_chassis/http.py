"""The HTTP edge: FastAPI with limits, correlation, metrics and problems.

Invariant: a route that does not declare who may call it stops the start.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buurtsein_chassis import metrics
from buurtsein_chassis.auth import Access
from buurtsein_chassis.health import Health, health_router
from buurtsein_chassis.problem import handle_problems, problem_response
from buurtsein_chassis.trace import current_trace, trace_from

log = structlog.get_logger("http")

type Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class UnprotectedRoute(Exception):
    """A route that does not say who may call it."""


def create_app(
    title: str,
    routers: Sequence[APIRouter],
    health: Health,
    *,
    max_body_bytes: int,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """The app of one service; raises UnprotectedRoute."""
    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.include_router(health_router(health))
    for router in routers:
        for route in _routes(router):
            if access_of(route) is None:
                raise UnprotectedRoute(route.path)
        app.include_router(router, prefix="/v1")
    handle_problems(app)
    app.add_middleware(BodyLimit, max_bytes=max_body_bytes)
    app.add_middleware(Observed)
    return app


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    return (route for route in router.routes if isinstance(route, APIRoute))


def access_of(route: APIRoute) -> Access | None:
    """Who may call a route, as it declares."""
    return next(_accesses(route.dependant), None)


def _accesses(dependant: Dependant) -> Iterator[Access]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Access):
            yield dependency.call
        yield from _accesses(dependency)


class BodyTooLarge(Exception):
    """The body passed its limit while it was read."""


class BodyLimit:
    """Counts the bytes that come, whatever Content-Length says; 413 past the limit."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """`max_bytes` of the body alone."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = 0
        started = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if seen > self._max_bytes and not started:
                return  # the framework turned our error into an answer of its own
            started = True
            await send(message)

        with suppress(BodyTooLarge):
            await self._app(scope, counted, noted)
        if seen > self._max_bytes and not started:
            refusal = problem_response(413, "body_too_large", "De aanvraag is te groot.")
            await refusal(scope, receive, send)


class Observed:
    """Sets the trace, answers the correlation id, measures, and logs one line for each request."""

    def __init__(self, app: ASGIApp) -> None:
        """The app inside."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = trace_from(headers.get("x-correlation-id"), headers.get("traceparent"))
        token = current_trace.set(trace)
        started = time.perf_counter()
        status = 500

        async def with_correlation(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Correlation-Id"] = trace.correlation_id
            await send(message)

        try:
            with structlog.contextvars.bound_contextvars(correlation_id=trace.correlation_id):
                await self._app(scope, receive, with_correlation)
                _observe(scope, status, time.perf_counter() - started)
        finally:
            current_trace.reset(token)


def _observe(scope: Scope, status: int, seconds: float) -> None:
    """The route's pattern, never the path: a path can hold what somebody typed."""
    route = getattr(scope.get("route"), "path", "none")
    metrics.REQUESTS.labels(scope["method"], route, str(status)).observe(seconds)
    if not route.startswith(("/health", "/metrics")):
        log.info(
            "http.request",
            method=scope["method"],
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )

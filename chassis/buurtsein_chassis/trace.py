"""Stores the trace ids of the request or event being handled, which are copied to events recorded meanwhile."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

from buurtsein_contracts import uuid7

_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_CORRELATION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
"""A UUID of RFC 9562 with hyphens. A correlation id appears in logs and events, so it must not be free text or a
personal number."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids (correlation, causation, traceparent) that link an event to what caused it.

    `correlation_id` is the same for a first request and everything that follows from it. `causation_id` is the id of
    the event that caused this one, or None.
    """

    correlation_id: str
    causation_id: str | None
    traceparent: str


current_trace: ContextVar[Trace | None] = ContextVar("current_trace", default=None)


def trace_from(correlation_id: str | None, traceparent: str | None, causation_id: str | None = None) -> Trace:
    """Return a trace with the ids of a request or event; a new id replaces each one that is missing or malformed."""
    known = correlation_id if correlation_id and _CORRELATION.fullmatch(correlation_id) else str(uuid7())
    parent = traceparent if traceparent and _TRACEPARENT.fullmatch(traceparent) else _new_traceparent()
    return Trace(known, causation_id, parent)


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Make a trace the current one inside the `with` block; restore the earlier trace after the block."""
    token = current_trace.set(trace)
    try:
        yield
    finally:
        current_trace.reset(token)


def present_trace() -> Trace:
    """Return the trace of the request or event that is being handled, or a new one when there is none."""
    return current_trace.get() or trace_from(None, None)


async def unlinked() -> None:
    """Give the current request new trace ids, which do not link it to its caller, for an anonymous route.

    If a client could choose the id, a reader of the events could find two requests of the same person.
    """
    trace = trace_from(None, None)
    current_trace.set(trace)
    structlog.contextvars.bind_contextvars(correlation_id=trace.correlation_id)


def _new_traceparent() -> str:
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"

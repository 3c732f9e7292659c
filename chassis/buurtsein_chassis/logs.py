"""Configures structured logs on stdout; keys that are not on an allow-list are dropped.

So a key that somebody adds in the code cannot bring personal data into the logs by accident.
"""

import logging
import sys
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import structlog

ALLOWED_KEYS = frozenset({
    "event", "level", "timestamp", "logger", "service", "roles", "port", "profile", "release", "version",
    "correlation_id", "causation_id", "event_id", "type", "topic", "key", "sequence", "consumer", "partition", "offset",
    "method", "route", "status", "milliseconds", "code", "reason", "error", "attempt", "delay_seconds",
    "records", "applied", "duplicates", "parked", "dead", "published", "pending", "frozen",
    "migrations", "exception", "bound", "removed", "job", "task", "projection", "outcome", "timeline", "latest",
})  # fmt: skip
"""The keys that every service may use; the manifest of a service adds its own keys."""


_LIBRARIES = ("aiokafka", "faststream", "faststream.access", "faststream.access.kafka", "httpx", "uvicorn")


def configure(service: str, level: str, keys: frozenset[str] = frozenset()) -> None:
    """Route structlog and the standard library to stdout: colours on a terminal, JSON elsewhere.

    `keys` are the keys that this service may use in addition to `ALLOWED_KEYS`.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_by_name,
        partial(_only_allowed, ALLOWED_KEYS | keys),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering()))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers.clear()  # some libraries add a handler that prints another format
        logger.propagate = True
        logger.setLevel("WARNING")
    structlog.contextvars.bind_contextvars(service=service)


def _rendering() -> list[Any]:
    renderer = structlog.dev.ConsoleRenderer() if sys.stdout.isatty() else structlog.processors.JSONRenderer()
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]


def _exception_by_name(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace a traceback by the error's class and location, because a traceback can contain personal data."""
    info = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        entry["exception"] = place_of(error)
    return entry


def place_of(error: BaseException) -> str:
    """Return an error's class and location in the code, without its message, which may contain personal data."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"


def _only_allowed(
    allowed: frozenset[str], _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: value for key, value in entry.items() if key in allowed or key.startswith("_")}

"""Defines the HTTP routes of reports: each makes a command of the request and calls one handler."""

from fastapi import APIRouter

from buurtsein_reports.api import (
    bulk,
    editions,
    exports,
    figures,
    filters,
    forwarded,
    handling,
    lists,
    photos,
    reading,
    reporters,
    submission,
)
from buurtsein_reports.api.open311 import FACADE

_PARTS = (
    *(editions, figures, lists, filters, bulk, exports),
    *(reading, submission, reporters, photos, handling, forwarded),
)
router = APIRouter(routes=[route for part in _PARTS for route in part.router.routes])

__all__ = ["FACADE", "router"]

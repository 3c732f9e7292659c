"""Handles the commands of funding: each handler loads, calls one method of the domain, saves, and records events."""

from buurtsein_funding.handlers.applications import request_support
from buurtsein_funding.handlers.decisions import decide
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.erasure import forget
from buurtsein_funding.handlers.networks import known, of_coordinator
from buurtsein_funding.handlers.stores import Store

__all__ = [
    "Dependencies",
    "Store",
    "decide",
    "forget",
    "known",
    "of_coordinator",
    "request_support",
]

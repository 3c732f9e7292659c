"""Defines the HTTP routes of the notifier, by which police write alerts, read them and decide on them.

Peers post receipts.
"""

from fastapi import APIRouter

from buurtsein_notifier.api import (
    deciding,
    following,
    public,
    reading,
    receiving,
    rules,
    silences,
    switching,
    writing,
)

_PARTS = (reading, writing, deciding, following, switching, receiving, public, rules, silences)
router = APIRouter(routes=[route for part in _PARTS for route in part.router.routes])

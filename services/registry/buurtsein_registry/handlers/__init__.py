"""Handles the commands: each handler loads under a row lock, calls the domain, saves, and records events."""

from buurtsein_registry.handlers.applications import apply_for_network, decide, sign_charter, submit
from buurtsein_registry.handlers.coordinators import appoint_coordinator, join_be_alert, remove_coordinator
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.fod import recognise, return_charter, send_to_fod
from buurtsein_registry.handlers.members import join, leave
from buurtsein_registry.handlers.persons import erase
from buurtsein_registry.handlers.stores import Store
from buurtsein_registry.handlers.tasks import complete_task

__all__ = [
    "Dependencies",
    "Store",
    "apply_for_network",
    "appoint_coordinator",
    "complete_task",
    "decide",
    "erase",
    "join",
    "join_be_alert",
    "leave",
    "recognise",
    "remove_coordinator",
    "return_charter",
    "send_to_fod",
    "sign_charter",
    "submit",
]

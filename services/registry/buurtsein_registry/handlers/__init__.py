"""Handles the commands: each handler loads under a row lock, calls the domain, saves, and records events."""

from buurtsein_registry.handlers.applications import amend, apply_for_network, decide, sign_charter, submit
from buurtsein_registry.handlers.confirmations import confirm_erasures
from buurtsein_registry.handlers.contact_failures import contact_failed
from buurtsein_registry.handlers.coordinators import appoint_coordinator, join_be_alert, remove_coordinator
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.ending import end_network
from buurtsein_registry.handlers.fod import recognise, reinstate, renew, return_charter, send_to_fod, suspend
from buurtsein_registry.handlers.members import join, leave
from buurtsein_registry.handlers.persons import erase, erase_planned
from buurtsein_registry.handlers.stores import Store
from buurtsein_registry.handlers.tasks import complete_task
from buurtsein_registry.handlers.vault import (
    Everything,
    Personal,
    correct_address,
    correct_person,
    everything,
    read_contacts,
    read_person,
)

__all__ = [
    "Dependencies",
    "Everything",
    "Personal",
    "Store",
    "amend",
    "apply_for_network",
    "appoint_coordinator",
    "complete_task",
    "confirm_erasures",
    "contact_failed",
    "correct_address",
    "correct_person",
    "decide",
    "end_network",
    "erase",
    "erase_planned",
    "everything",
    "join",
    "join_be_alert",
    "leave",
    "read_contacts",
    "read_person",
    "recognise",
    "reinstate",
    "remove_coordinator",
    "renew",
    "return_charter",
    "send_to_fod",
    "sign_charter",
    "submit",
    "suspend",
]

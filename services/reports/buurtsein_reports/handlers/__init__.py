"""Handles the commands: each handler loads, calls the domain, saves, and records events."""

from buurtsein_reports.handlers.dependencies import Complaints, Dependencies, Municipality
from buurtsein_reports.handlers.stores import Store
from buurtsein_reports.handlers.submission import Sender, Submitted, refusal_of, submit_report, urgency, was_answered

__all__ = [
    "Complaints",
    "Dependencies",
    "Municipality",
    "Sender",
    "Store",
    "Submitted",
    "refusal_of",
    "submit_report",
    "urgency",
    "was_answered",
]

"""Handles the commands: each handler loads, calls the domain, saves, and records events."""

from buurtsein_reports.handlers.bulk import take_step
from buurtsein_reports.handlers.dependencies import Complaints, Dependencies, Municipality
from buurtsein_reports.handlers.editions import approve_edition, propose_edition, withdraw_edition
from buurtsein_reports.handlers.handling import (
    answer,
    assign,
    close,
    object_to,
    relocate,
    reopen,
    triage,
    update,
    write_to_clerks,
    write_to_reporter,
)
from buurtsein_reports.handlers.photo_acts import delete_photo, photo_to_redact, redact_photo, redaction
from buurtsein_reports.handlers.photos import AddedPhoto, VirusScan, add_photo, admit_photo
from buurtsein_reports.handlers.places import LookedUp, look_up, needs_lookup
from buurtsein_reports.handlers.stores import Store
from buurtsein_reports.handlers.submission import Sender, Submitted, refusal_of, submit_report, urgency, was_answered
from buurtsein_reports.handlers.telling import tell_reporters

__all__ = [
    "AddedPhoto",
    "Complaints",
    "Dependencies",
    "LookedUp",
    "Municipality",
    "Sender",
    "Store",
    "Submitted",
    "VirusScan",
    "add_photo",
    "admit_photo",
    "answer",
    "approve_edition",
    "assign",
    "close",
    "delete_photo",
    "look_up",
    "needs_lookup",
    "object_to",
    "photo_to_redact",
    "propose_edition",
    "redact_photo",
    "redaction",
    "refusal_of",
    "relocate",
    "reopen",
    "submit_report",
    "take_step",
    "tell_reporters",
    "triage",
    "update",
    "urgency",
    "was_answered",
    "withdraw_edition",
    "write_to_clerks",
    "write_to_reporter",
]

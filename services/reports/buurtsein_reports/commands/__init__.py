"""Defines the commands of reports; each is the body of one request."""

from buurtsein_reports.commands.editions import ProposeCategories, ProposeRouting
from buurtsein_reports.commands.filters import FilterName
from buurtsein_reports.commands.handling import (
    Answer,
    Assign,
    BulkStep,
    Close,
    Handling,
    ObjectTo,
    Relocate,
    Reopen,
    Triage,
    Update,
    Write,
)
from buurtsein_reports.commands.photos import DeletePhoto, RedactPhoto
from buurtsein_reports.commands.submission import AskSources, Contact, Place, Source, SubmitReport

__all__ = [
    "Answer",
    "AskSources",
    "Assign",
    "BulkStep",
    "Close",
    "Contact",
    "DeletePhoto",
    "FilterName",
    "Handling",
    "ObjectTo",
    "Place",
    "ProposeCategories",
    "ProposeRouting",
    "RedactPhoto",
    "Relocate",
    "Reopen",
    "Source",
    "SubmitReport",
    "Triage",
    "Update",
    "Write",
]

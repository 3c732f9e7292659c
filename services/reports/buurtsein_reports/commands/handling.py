"""Defines the commands with which clerks handle a report, and those with which a reporter reacts to it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.events.incident import (
    Category,
    ClosingReason,
    HandlingStatus,
    ReopeningReason,
    Resolution,
    Route,
    Severity,
)
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain

Message = Annotated[str, Field(min_length=1, max_length=1000), Plain]
Note = Annotated[str, Field(min_length=1, max_length=2000), Plain]


class Handling(Command):
    """What a clerk can add to every step: a message for the reporter, and a note for colleagues."""

    message: Message | None = None
    note: Note | None = None


class Triage(Handling):
    """Judges a report: its category and severity, and who handles it from now on."""

    category: Category
    severity: Severity
    route_to: list[Route] = Field(min_length=1, max_length=2)


class Update(Handling):
    """Gives the handling of a report its next status; with the day of a plan, or the body that it is forwarded to."""

    status: HandlingStatus
    planned_on: date | None = None
    forwarded_to: Annotated[str, Field(min_length=2, max_length=120), Name] | None = None


class Close(Handling):
    """Closes a report, with a reason; a duplicate names the report that it repeats."""

    resolution: Resolution
    reason: ClosingReason
    duplicate_of: UUID | None = None


class Reopen(Handling):
    """Opens a closed report again, with a reason."""

    reason: ReopeningReason


class Write(Command):
    """A message between a clerk and the reporter of a report, in either direction."""

    message: Message


class ObjectTo(Command):
    """Opens a closed report again, for its reporter."""

    reason: ReopeningReason
    message: Message

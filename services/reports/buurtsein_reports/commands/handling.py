"""Defines the commands with which clerks handle a report, and with which a reporter reacts to the handling."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.events.incident import (
    BodyAnswer,
    ClosingReason,
    HandlingStatus,
    ReopeningReason,
    Resolution,
    Route,
    Severity,
)
from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain
from buurtsein_reports.commands.submission import ExactPlace, Place
from buurtsein_reports.domain.codes import CategoryCode, Code

Message = Annotated[str, Field(min_length=1, max_length=1000), Plain]
Note = Annotated[str, Field(min_length=1, max_length=2000), Plain]


class Handling(Command):
    """The optional texts of every step that a clerk takes: a message for the reporter, and a note for colleagues."""

    message: Message | None = None
    note: Note | None = None


class Triage(Handling):
    """A request to judge a report: its category and severity, and who handles it from now on."""

    category: CategoryCode
    severity: Severity
    route_to: list[Route] = Field(min_length=1, max_length=2)


class Assign(Handling):
    """A request to give a report to a unit and a person, with the reason; without a unit it stays in its unit."""

    unit: Code | None = None
    assignee: Literal["me"] | Pseudonym | None = None
    """The person who works on it; nobody when it is absent."""
    reason: Note


class Relocate(Handling):
    """A request to give a report another place, an exact one, with the reason."""

    location: ExactPlace
    reason: Note

    @property
    def place(self) -> Place:
        """Return the place in the form that a reporter sends."""
        return Place(**dict(self.location))


class Update(Handling):
    """A request to give a report its next status, with the planned day, or the body to which it is forwarded.

    The other body should answer until `answer_by`; without it, within a number of working days that is a setting.
    """

    status: HandlingStatus
    planned_on: date | None = None
    forwarded_to: Annotated[str, Field(min_length=2, max_length=120), Name] | None = None
    answer_by: date | None = None


class Answer(Command):
    """A request of the body to which a report was forwarded to answer once, with the planned day if there is one."""

    answer: BodyAnswer
    planned_on: date | None = None
    message: Message | None = None


class Close(Handling):
    """A request to close a report, with a reason; for a duplicate it names the report that is repeated."""

    resolution: Resolution
    reason: ClosingReason
    duplicate_of: UUID | None = None


class Reopen(Handling):
    """A request of a clerk to open a closed report again, with a reason."""

    reason: ReopeningReason


class Write(Command):
    """A request to send a message from a clerk to the reporter of a report, or from the reporter to the clerks."""

    message: Message


type BulkStep = Triage | Update | Close | Write
"""A step that can be taken for many reports at once."""


class ObjectTo(Command):
    """A request of a reporter to open the closed report again, with a message that says why."""

    reason: ReopeningReason
    message: Message

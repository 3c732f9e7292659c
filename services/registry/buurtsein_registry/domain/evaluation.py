"""Defines the yearly evaluation of a network: its figures, and who wrote and signed it.

It has numbers and a text without persons; who wrote and signed is a pseudonym.
"""

from datetime import date, timedelta

from pydantic import BaseModel

from buurtsein_kernel.problems import conflict


class Figures(BaseModel):
    """The numbers of messages in one calendar year, as the network and its police officer counted them.

    Source: the template of the police for the evaluation of a network.
    """

    hot_by_day: int
    """Urgent messages."""
    hot_by_night: int
    cold_feedback: int
    """Messages that were not urgent and told what became of something."""
    cold_prevention: int
    feedback_hours: int | None = None
    """The hours between an urgent message and its feedback, on average; None without urgent messages."""


class Counted(BaseModel):
    """The number of members at the end of a calendar year, and of those who joined or left, without erased persons."""

    members: int
    """The members on the last day of the year."""
    joined: int
    left: int


class Signature(BaseModel):
    """A signature under a yearly evaluation: who signed it (pseudonym), and when."""

    person: str
    signed_on: date


class Evaluation(BaseModel):
    """The evaluation of one calendar year; it is complete when a coordinator and a mandated officer have signed it."""

    year: int
    figures: Figures
    counted: Counted
    notes: str | None = None
    written_by: str
    written_on: date
    coordinator: Signature | None = None
    officer: Signature | None = None

    @property
    def is_signed(self) -> bool:
        """Return whether coordinator and police officer have signed the evaluation, which makes it final."""
        return self.coordinator is not None and self.officer is not None

    def sign(self, signature: Signature, *, by_coordinator: bool) -> None:
        """Store the signature of coordinator or officer; raise `already_signed` when that party has signed before."""
        if (self.coordinator if by_coordinator else self.officer) is not None:
            raise conflict("already_signed", "Deze evaluatie is al getekend voor deze partij.")
        if by_coordinator:
            self.coordinator = signature
        else:
            self.officer = signature


def due_on(year: int, due_days: int) -> date:
    """Return the last day on which the evaluation of a year can be signed in time."""
    return date(year, 12, 31) + timedelta(days=due_days)


def last_due_year(day: date, due_days: int) -> int:
    """Return the last year whose evaluation should have been signed before the given day."""
    return (day - timedelta(days=due_days)).year - 1

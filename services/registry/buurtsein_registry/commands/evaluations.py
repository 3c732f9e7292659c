"""Defines the command on the yearly evaluation of a network; it is the body of one request."""

from typing import Annotated

from pydantic import Field

from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Plain

Count = Annotated[int, Field(ge=0, le=100_000)]


class WriteEvaluation(Command):
    """The body of a request to write a yearly evaluation: the year's figures, and remarks without names of persons.

    The registry counts the members itself. `feedback_hours` are the hours between an urgent (hot) message and its
    feedback, on average.
    """

    hot_by_day: Count
    hot_by_night: Count
    cold_feedback: Count
    cold_prevention: Count
    feedback_hours: Count | None = None
    notes: Annotated[str, Field(max_length=5000), Plain] | None = None

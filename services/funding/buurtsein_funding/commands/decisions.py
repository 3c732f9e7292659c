"""Defines the body of a request with the city's decision on an application."""

from typing import Annotated, Literal

from pydantic import Field

from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name

ReasonCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,59}$"), Name]


class _Decision(Command):
    reasons: list[ReasonCode] = Field(default=[], max_length=6)
    """The reasons in codes: at most six, because the event holds ten reasons and four can be unmet conditions."""


class Grant(_Decision):
    """A decision to give support; `reasons` say why the amount is less than was requested."""

    decision: Literal["GRANTED"]
    granted_cents: int = Field(strict=True, ge=1)


class Reject(_Decision):
    """A decision to refuse support; each condition that is not met is added to `reasons`."""

    decision: Literal["REJECTED"]


Decide = Annotated[Grant | Reject, Field(discriminator="decision")]
"""The body of a request with a decision."""

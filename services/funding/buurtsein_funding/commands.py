"""Defines the commands of funding; each is the body of one request."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from buurtsein_funding.domain.application import CostLine
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain

ReasonCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,59}$"), Name]


class RequestedCost(CostLine):
    """A cost line of a request; its texts are checked as typed text."""

    kind: Annotated[str, Field(min_length=1, max_length=40), Name]
    description: Annotated[str, Field(min_length=1, max_length=200), Plain]


class RequestSupport(Command):
    """An application for support, as the coordinator filled in the form."""

    network_id: UUID
    year: int = Field(ge=2000, le=2100)
    form_version: Annotated[str, Field(min_length=1, max_length=20), Name]
    cost_lines: list[RequestedCost] = Field(min_length=1, max_length=50)


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

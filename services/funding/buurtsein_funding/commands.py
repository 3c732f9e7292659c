"""What can be asked of funding; each command is the body of one request."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from buurtsein_funding.domain.application import CostLine
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain

ReasonCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,59}$"), Name]


class RequestedCost(CostLine):
    """A cost line as somebody typed it."""

    kind: Annotated[str, Field(min_length=1, max_length=40), Name]
    description: Annotated[str, Field(min_length=1, max_length=200), Plain]


class RequestSupport(Command):
    """The application form."""

    network_id: UUID
    year: int = Field(ge=2000, le=2100)
    form_version: Annotated[str, Field(min_length=1, max_length=20), Name]
    cost_lines: list[RequestedCost] = Field(min_length=1, max_length=50)


class _Decision(Command):
    reasons: list[ReasonCode] = Field(default=[], max_length=6)
    """With the four conditions, no more than the ten that an event holds."""


class Grant(_Decision):
    """Support is given; `reasons` say why it is less than asked."""

    decision: Literal["GRANTED"]
    granted_cents: int = Field(strict=True, ge=1)


class Reject(_Decision):
    """Support is refused; conditions that are not met become reasons by themselves."""

    decision: Literal["REJECTED"]


Decide = Annotated[Grant | Reject, Field(discriminator="decision")]
"""The body of a decision."""

"""Defines the body of a request for support, as the coordinator filled in the form."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from buurtsein_funding.domain.application import CostLine
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain


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

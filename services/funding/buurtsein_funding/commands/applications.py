"""Defines the bodies of the requests of a coordinator: an application for support, and a change of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from buurtsein_funding.domain.application import Form
from buurtsein_funding.domain.reckoning import CostLine
from buurtsein_funding.domain.scheme import Numbers
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Text = Annotated[str, Field(max_length=500), Plain]


class RequestedCost(CostLine):
    """A cost line of a request; its texts are checked as typed text. `cents` includes VAT."""

    kind: Annotated[str, Field(min_length=1, max_length=40), Name]
    description: Annotated[str, Field(min_length=1, max_length=200), Plain]


class FillInForm(Command):
    """The form of an application for support, as a coordinator filled it in."""

    form_version: Annotated[str, Field(min_length=1, max_length=20), Name]
    cost_lines: list[RequestedCost] = Field(min_length=1, max_length=50)
    members: int | None = Field(default=None, ge=0, le=100_000, strict=True)
    """The number of members; needed when the scheme multiplies amounts by this number."""
    messages: int | None = Field(default=None, ge=0, le=10_000_000, strict=True)
    """The number of messages of the network in the year; needed when the scheme multiplies amounts by this number."""
    answers: dict[Code, StrictBool | StrictInt | Text] = Field(default={}, max_length=20)
    """The answers to the questions of the form, by the question's code."""

    def form(self) -> Form:
        """Convert the request to the `Form` that an application stores."""
        return Form(
            form_version=self.form_version,
            cost_lines=[CostLine(**line.model_dump()) for line in self.cost_lines],
            numbers=Numbers(members=self.members, messages=self.messages),
            answers=self.answers,
        )


class RequestSupport(FillInForm):
    """A new application for support of a network for the costs of one year; a draft is not submitted yet."""

    network_id: UUID
    year: int = Field(ge=2000, le=2100)
    draft: bool = False

"""Defines the commands on networks; each is the body of one request."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from buurtsein_contracts.events.geography import Postcode
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Latin, Name
from buurtsein_registry.commands.fields import DrawnArea, Plan, Reason, Version


class ApplyForNetwork(Command):
    """An application of a neighbourhood to become a network."""

    name: Annotated[str, Field(min_length=3, max_length=100), Name, Latin]
    kind: NetworkKind
    area: DrawnArea
    postcodes: list[Postcode] = Field(min_length=1, max_length=20)


class SignCharter(Command):
    """A local charter with its two plans, to be signed."""

    communication_plan: Plan
    budget_plan: Plan


class Decide(Command):
    """A decision of chief of police (korpschef) or mayor (burgemeester) on a charter."""

    decision: Literal["approve", "reject"]
    reason: Reason | None = None


class Recognise(Command):
    """A favourable answer of the FOD (ministry of the interior), with the dates of the recognition."""

    start: date
    end: date | None = None
    reference: Annotated[str, Field(min_length=1, max_length=60), Name]


class ReturnCharter(Command):
    """An unfavourable answer of the FOD (ministry of the interior), with its reason."""

    reason: Reason


class JoinBeAlert(Command):
    """The acceptance of a version of the BE-Alert conditions."""

    agreement_version: Version

"""Defines the commands on coordinators; each is the body of one request."""

from datetime import date
from typing import Literal

from pydantic import Field

from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_kernel.commands import Command
from buurtsein_registry.domain.screening import Outcome


class AppointCoordinator(Command):
    """A candidate (pseudonym) for coordinator, with outcome and date of the screening but not its content."""

    candidate: str = Field(pattern=r"^p[0-9a-f]{32}$")
    role: CoordinatorRole = CoordinatorRole.COORDINATOR
    adult: Literal[True]
    screening_outcome: Outcome
    screened_on: date


class RemoveCoordinator(Command):
    """A request to remove a coordinator, with the reason."""

    reason: RemovalReason

"""Defines the commands on coordinators and mandated officers; each is the body of one request."""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.commands import Command
from buurtsein_registry.domain.screening import Outcome


class AppointCoordinator(Command):
    """A candidate (pseudonym) for coordinator, with outcome and date of the police's screening but not its content."""

    candidate: Pseudonym
    role: CoordinatorRole = CoordinatorRole.COORDINATOR
    adult: Literal[True]
    screening_outcome: Outcome
    screened_on: date


class RemoveCoordinator(Command):
    """A request to remove a coordinator, with the reason.

    A removal for breach of the house rules, or because the screening lapsed, gives the day on which the korpschef heard
    the coordinator.
    """

    reason: RemovalReason
    heard_on: date | None = None


class Succeed(RemoveCoordinator):
    """A request to replace the main coordinator by a successor (pseudonym), with the reason of the removal.

    The police give `adult` and the day of the favourable screening if the successor is not a co-coordinator yet, or has
    a screening that is too old.
    """

    successor: Pseudonym
    adult: Literal[True] | None = None
    screened_on: date | None = None

    @model_validator(mode="after")
    def _screened_adult(self) -> Self:
        if (self.screened_on is None) is not (self.adult is None):
            raise PydanticCustomError("screened_adult", "Geef adult en screened_on samen op, of geen van beide.")
        return self


class LodgeAppeal(Command):
    """An appeal of a removed coordinator, with the day on which it was sent; without a day, today."""

    lodged_on: date | None = None


class DecideAppeal(Command):
    """A decision on the appeal of a removed coordinator."""

    outcome: Literal["upheld", "rejected"]


class MandateOfficer(Command):
    """A request of the korpschef (chief of police) to mandate a police officer (pseudonym) for a network."""

    officer: Pseudonym

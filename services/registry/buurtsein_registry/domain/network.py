"""Defines the aggregate of a neighbourhood information network (BIN): what is stored of it, and what it allows.

The functions that change a network are in the modules `application`, `fod`, `coordinators` and `be_alert`.
"""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import (
    Approval,
    ApproverRole,
    CoordinatorRole,
    NetworkKind,
)
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import conflict, forbidden, missing
from buurtsein_registry.domain import screening
from buurtsein_registry.domain.duties import Side, side_after
from buurtsein_registry.domain.parts import Act, Charter, Coordinator, Deed, Recognition
from buurtsein_registry.domain.screening import Screening
from buurtsein_registry.domain.states import ACTIONS, IN_DUTCH, NetworkState

_SIDE_OF = {ApproverRole.KORPSCHEF: Side.POLICE, ApproverRole.BURGEMEESTER: Side.CITY}


class Network(BaseModel):
    """One network: a BIN of residents or a BIN-Z of traders."""

    network_id: UUID = Field(default_factory=uuid7)
    code: str
    kind: NetworkKind
    name: str
    nis: str
    postcodes: list[str]
    police_zone: str
    area: Area
    applicant: str
    state: NetworkState = NetworkState.DRAFT
    charter: Charter | None = None
    approvals: list[Approval] = []
    rejection: str | None = None
    acts: list[Act] = []
    """The acts without an event, oldest first; they remain when approvals lapse."""
    recognition: Recognition | None = None
    coordinators: list[Coordinator] = []
    screenings: list[Screening] = []
    """All screenings, favourable or not, oldest first."""
    sides: dict[str, Side] = {}
    """The side for which each person acted, also when the act has lapsed since."""
    be_alert_version: str | None = None
    version: int = 1

    @model_validator(mode="after")
    def _applicant_has_a_side(self) -> Self:
        self.sides.setdefault(self.applicant, Side.NEIGHBOURHOOD)
        return self

    def require_open(self, person: str, day: date) -> None:
        """Raise DomainError unless people can join the network on this day; strangers get `network_unknown`."""
        if self.in_force(day):
            return
        if not self.is_of(person):
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        self.require("join")
        when = self.recognition.in_dutch() if self.recognition else "het netwerk is niet erkend"
        raise conflict("recognition_not_in_force", f"Dit kan nu niet: {when}.", self.possible(day))

    def in_force(self, day: date) -> bool:
        """Return whether the recognition of the network is in force on this day."""
        return self.state is NetworkState.RECOGNISED and bool(self.recognition and self.recognition.in_force(day))

    @property
    def main_coordinator(self) -> str | None:
        """Return the main coordinator, or None when none is appointed."""
        return next((c.person for c in self.coordinators if c.role is CoordinatorRole.COORDINATOR), None)

    def is_of(self, person: str) -> bool:
        """Return whether a person applied for the network or is one of its coordinators."""
        return person == self.applicant or person in self.coordinating

    def allowed(self) -> list[str]:
        """Return the actions on this network that are possible in its present state."""
        return allowed(ACTIONS, self.state)

    def possible(self, day: date) -> list[str]:
        """Return the actions on this network that are possible in its present state, on a day."""
        return [action for action in self.allowed() if action != "join" or self.in_force(day)]

    def require_own(self, actor: str) -> None:
        """Raise DomainError unless a person applied for or coordinates the network, and was not found unsuitable."""
        if not self.is_of(actor):
            raise forbidden("not_the_coordinator", "Alleen de aanvrager of een coördinator van dit netwerk kan dit.")
        if screening.is_unsuitable(actor, self.screenings):
            raise forbidden("screening_unfavourable", "Dit kan niet: uw laatste screening was ongunstig.")

    def require(self, action: str) -> None:
        """Raise DomainError `transition_refused` unless an action is possible in the present state."""
        require_allowed(ACTIONS, action, self.state, f"Dit kan nu niet: {IN_DUTCH[self.state]}.")

    def act_for(self, side: Side, person: str) -> None:
        """Store for which side a person acts; raise `same_person` when the person acted for another side before."""
        self.sides[person] = side_after(self.sides.get(person), side)

    def note(self, action: Deed, actor: str, now: datetime) -> None:
        """Store who did an action that has no event, and when."""
        self.acts.append(Act(action=action, actor=actor, acted_at=now))

    @property
    def coordinating(self) -> set[str]:
        """Return the pseudonyms of the present coordinators."""
        return {coordinator.person for coordinator in self.coordinators}

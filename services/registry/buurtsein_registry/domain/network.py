"""A neighbourhood information network, from application to recognition.

Invariant: approved means korpschef and burgemeester, two persons, on the same version of the charter; recognised is
another fact, said by the FOD. Every method either returns the events that happened or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import BeAlertJoined, CoordinatorAppointed, NetworkApproved, NetworkRecognised
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import (
    Approval,
    ApproverRole,
    CoordinatorRole,
    NetworkKind,
    RecognitionStatus,
)
from buurtsein_contracts.problems import DomainError, conflict, forbidden


class NetworkState(StrEnum):
    """Where a network stands."""

    DRAFT = "DRAFT"
    CHARTER_READY = "CHARTER_READY"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    SUBMITTED_TO_FOD = "SUBMITTED_TO_FOD"
    RETURNED = "RETURNED"
    RECOGNISED = "RECOGNISED"


S = NetworkState
ACTIONS: dict[str, frozenset[NetworkState]] = {
    "sign_charter": frozenset({S.DRAFT, S.CHARTER_READY, S.REJECTED, S.RETURNED}),
    "submit": frozenset({S.CHARTER_READY}),
    "decide": frozenset({S.UNDER_REVIEW}),
    "send_to_fod": frozenset({S.APPROVED}),
    "recognise": frozenset({S.SUBMITTED_TO_FOD}),
    "return_charter": frozenset({S.SUBMITTED_TO_FOD}),
    "join_be_alert": frozenset({S.APPROVED, S.SUBMITTED_TO_FOD, S.RECOGNISED}),
    "join": frozenset({S.RECOGNISED}),
    "appoint_coordinator": frozenset(S),
}
"""Each action, and the states it is possible in; anything else is refused and says nothing to the world."""


class Charter(BaseModel):
    """The local charter; any change makes a new version."""

    version: int
    communication_plan: str
    budget_plan: str
    signed_by: str
    signed_on: date


class Coordinator(BaseModel):
    """Somebody the police found suitable; of the screening only outcome and date are kept."""

    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class Recognition(BaseModel):
    """The answer of FOD Binnenlandse Zaken."""

    start: date
    end: date | None = None
    reference: str


type Deed = Literal["submit", "reject", "send_to_fod", "return_charter"]


class Act(BaseModel):
    """A step that no event tells: by whom (pseudonym), and when."""

    action: Deed
    actor: str
    acted_at: datetime


class Network(BaseModel):
    """One BIN or BIN-Z."""

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
    """Oldest first; they stay when approvals lapse."""
    recognition: Recognition | None = None
    coordinators: list[Coordinator] = []
    be_alert_version: str | None = None
    version: int = 1

    def sign_charter(self, communication_plan: str, budget_plan: str, actor: str, today: date) -> None:
        """A new version of the charter; earlier approvals were of another text and lapse."""
        self._require_own(actor)
        self._require("sign_charter")
        version = self.charter.version + 1 if self.charter else 1
        self.charter = Charter(
            version=version,
            communication_plan=communication_plan,
            budget_plan=budget_plan,
            signed_by=actor,
            signed_on=today,
        )
        self.approvals, self.rejection = [], None
        self.state = NetworkState.CHARTER_READY

    def submit(self, actor: str, now: datetime) -> None:
        """Offer the charter to korpschef and burgemeester."""
        self._require_own(actor)
        self._require("submit")
        self._note("submit", actor, now)
        self.state = NetworkState.UNDER_REVIEW

    def approve(self, role: ApproverRole, actor: str, now: datetime) -> Sequence[EventData]:
        """One of two approvals; the second one makes the network approved."""
        self._require_decision(role, actor)
        self.approvals.append(Approval(role=role, decided_on=now.date(), actor=actor))
        if len(self.approvals) < len(ApproverRole):
            return []
        self.state = NetworkState.APPROVED
        return [self._approved(now)]

    def reject(self, role: ApproverRole, actor: str, reason: str, now: datetime) -> None:
        """Either authority can say no, with a reason; a new charter begins anew."""
        self._require_decision(role, actor)
        self._note("reject", actor, now)
        self.rejection = reason
        self.state = NetworkState.REJECTED

    def send_to_fod(self, actor: str, now: datetime) -> None:
        """The signed charter left for the FOD."""
        self._require("send_to_fod")
        self._note("send_to_fod", actor, now)
        self.state = NetworkState.SUBMITTED_TO_FOD

    def recognise(self, recognition: Recognition, actor: str, now: datetime) -> Sequence[EventData]:
        """The FOD entered the network in its register."""
        self._require("recognise")
        if recognition.end and recognition.end < recognition.start:
            raise DomainError("end_before_start", "De erkenning kan niet eindigen voor ze begint.")
        self.recognition = recognition
        self.state = NetworkState.RECOGNISED
        return [
            NetworkRecognised(
                network_id=self.network_id,
                status=RecognitionStatus.ACTIVE,
                start=recognition.start,
                end=recognition.end,
                reference=recognition.reference,
                actor=actor,
                recognised_at=now,
            )
        ]

    def return_charter(self, reason: str, actor: str, now: datetime) -> None:
        """The FOD found the charter wanting."""
        self._require("return_charter")
        self._note("return_charter", actor, now)
        self.rejection = reason
        self.state = NetworkState.RETURNED

    def appoint_coordinator(self, candidate: Coordinator, actor: str, now: datetime) -> Sequence[EventData]:
        """A screened adult becomes coordinator; a network has one main coordinator."""
        self._require("appoint_coordinator")
        if candidate.person in self._coordinators():
            raise conflict("already_coordinator", "Deze persoon is al coördinator van dit netwerk.")
        if candidate.role is CoordinatorRole.COORDINATOR and self.main_coordinator:
            raise conflict("coordinator_exists", "Dit netwerk heeft al een hoofdcoördinator.")
        if candidate.screened_on > now.date():
            raise DomainError("screening_in_future", "De datum van de screening ligt in de toekomst.")
        self.coordinators.append(candidate)
        return [
            CoordinatorAppointed(
                network_id=self.network_id,
                coordinator=candidate.person,
                role=candidate.role,
                screened_on=candidate.screened_on,
                actor=actor,
                appointed_at=now,
            )
        ]

    def join_be_alert(self, agreement_version: str, actor: str, now: datetime) -> Sequence[EventData]:
        """The coordinator agrees, for the network, to communicate through BE-Alert."""
        if actor not in self._coordinators():
            raise forbidden("not_the_coordinator", "Alleen een coördinator van dit netwerk kan BE-Alert aanvaarden.")
        self._require("join_be_alert")
        if self.be_alert_version == agreement_version:
            raise conflict("be_alert_already_joined", "Het netwerk aanvaardde deze versie van BE-Alert al.")
        self.be_alert_version = agreement_version
        return [
            BeAlertJoined(network_id=self.network_id, agreement_version=agreement_version, actor=actor, joined_at=now)
        ]

    def require_open(self) -> None:
        """Members can join a recognised network only."""
        self._require("join")

    @property
    def main_coordinator(self) -> str | None:
        """The one main coordinator, once appointed."""
        return next((c.person for c in self.coordinators if c.role is CoordinatorRole.COORDINATOR), None)

    def is_of(self, person: str) -> bool:
        """Whether somebody is its applicant or one of its coordinators."""
        return person == self.applicant or person in self._coordinators()

    def allowed(self) -> list[str]:
        """What can happen from here."""
        return [action for action, states in ACTIONS.items() if self.state in states]

    def _require(self, action: str) -> None:
        if self.state not in ACTIONS[action]:
            detail = f"Dit kan niet in de toestand {self.state}."
            raise conflict("transition_refused", detail, self.allowed())

    def _require_own(self, actor: str) -> None:
        if not self.is_of(actor):
            raise forbidden("not_the_coordinator", "Alleen de aanvrager of een coördinator van dit netwerk kan dit.")

    def _require_decision(self, role: ApproverRole, actor: str) -> None:
        self._require("decide")
        if any(given.role is role for given in self.approvals):
            raise conflict("already_decided", f"De {role} besliste al over deze versie van het charter.")
        if any(given.actor == actor for given in self.approvals):
            raise forbidden("same_person", "Eén persoon kan niet beide goedkeuringen geven.")

    def _note(self, action: Deed, actor: str, now: datetime) -> None:
        self.acts.append(Act(action=action, actor=actor, acted_at=now))

    def _coordinators(self) -> set[str]:
        return {coordinator.person for coordinator in self.coordinators}

    def _approved(self, now: datetime) -> NetworkApproved:
        return NetworkApproved(
            network_id=self.network_id,
            code=self.code,
            kind=self.kind,
            name=self.name,
            nis=self.nis,
            postcodes=self.postcodes,
            police_zone=self.police_zone,
            area=self.area,
            charter_version=self.charter.version if self.charter else 1,
            approvals=self.approvals,
            approved_at=now,
        )

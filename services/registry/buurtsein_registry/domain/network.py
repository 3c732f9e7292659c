"""Defines the aggregate of a neighbourhood information network (BIN), from application to recognition.

Invariant: a network is approved when korpschef and burgemeester, two different persons, approved the same version of
the charter. It is recognised only when the FOD says so, on the days of the recognition. Each method that changes the
network returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    CoordinatorRemoved,
    NetworkApproved,
    NetworkRecognised,
)
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import (
    Approval,
    ApproverRole,
    CoordinatorRole,
    NetworkKind,
    RecognitionStatus,
    RemovalReason,
)
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, forbidden, missing
from buurtsein_registry.domain import screening
from buurtsein_registry.domain.duties import Side, side_after
from buurtsein_registry.domain.parts import Act, Charter, Coordinator, Deed, Recognition, appeal_until
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

    def sign_charter(self, communication_plan: str, budget_plan: str, actor: str, today: date) -> None:
        """Add a new version of the charter; earlier approvals lapse, because they were for another text."""
        self.require_own(actor)
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
        """Submit the charter to korpschef and burgemeester for approval."""
        self.require_own(actor)
        self._require("submit")
        self._note("submit", actor, now)
        self.state = NetworkState.UNDER_REVIEW

    def decide(
        self, role: ApproverRole, actor: str, reason: str | None, now: datetime, *, approved: bool
    ) -> Sequence[EventData]:
        """Approve or reject, as korpschef or burgemeester; raise `reason_missing` for a rejection without a reason."""
        if approved:
            return self.approve(role, actor, now)
        if reason is None:
            raise DomainError("reason_missing", "Geef een reden voor de weigering.")
        self.reject(role, actor, reason, now)
        return []

    def approve(self, role: ApproverRole, actor: str, now: datetime) -> Sequence[EventData]:
        """Add the approval of one authority; return NetworkApproved when both have approved."""
        self._require_decision(role, actor)
        self.approvals.append(Approval(role=role, decided_on=brussels_day(now), actor=actor))
        if len(self.approvals) < len(ApproverRole):
            return []
        self.state = NetworkState.APPROVED
        return [self._approved(now)]

    def reject(self, role: ApproverRole, actor: str, reason: str, now: datetime) -> None:
        """Reject the charter, as one of the two authorities; a new version of the charter can follow."""
        self._require_decision(role, actor)
        self._note("reject", actor, now)
        self.rejection = reason
        self.state = NetworkState.REJECTED

    def send_to_fod(self, actor: str, now: datetime) -> None:
        """Record that the signed charter was sent to the FOD."""
        self._act_for(Side.LOCAL, actor)
        self._require("send_to_fod")
        self._note("send_to_fod", actor, now)
        self.state = NetworkState.SUBMITTED_TO_FOD

    def recognise(self, recognition: Recognition, actor: str, now: datetime) -> Sequence[EventData]:
        """Record that the FOD recognised the network; return NetworkRecognised."""
        self._act_for(Side.FOD, actor)
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
        """Record that the FOD returned the charter, with the reason."""
        self._act_for(Side.FOD, actor)
        self._require("return_charter")
        self._note("return_charter", actor, now)
        self.rejection = reason
        self.state = NetworkState.RETURNED

    def screen(self, new: Screening, valid_days: int) -> None:
        """Store the outcome of a screening, favourable or not."""
        self._act_for(Side.POLICE, new.actor)
        side_after(self.sides.get(new.person), Side.NEIGHBOURHOOD)
        screening.refuse_impossible(new, valid_days)
        screening.refuse_overruling(new, self.screenings)
        self.screenings.append(new)

    def assess_candidate(self, new: Screening, role: CoordinatorRole, valid_days: int) -> Sequence[EventData]:
        """Store the outcome of a candidate's screening; when it is favourable, appoint the candidate as coordinator."""
        self.screen(new, valid_days)
        if new.outcome != "OK":
            return []
        appointed_on = brussels_day(new.noted_at)
        candidate = Coordinator(person=new.person, role=role, screened_on=new.screened_on, appointed_on=appointed_on)
        return self.appoint_coordinator(candidate, new.actor, new.noted_at)

    def appoint_coordinator(self, candidate: Coordinator, actor: str, now: datetime) -> Sequence[EventData]:
        """Appoint a screened candidate and return CoordinatorAppointed; a network has one main coordinator."""
        self._act_for(Side.POLICE, actor)
        self._act_for(Side.NEIGHBOURHOOD, candidate.person)
        self._require("appoint_coordinator")
        if candidate.person in self._coordinators():
            raise conflict("already_coordinator", "Deze persoon is al coördinator van dit netwerk.")
        if candidate.role is CoordinatorRole.COORDINATOR and self.main_coordinator:
            raise conflict("coordinator_exists", "Dit netwerk heeft al een hoofdcoördinator.")
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

    def remove_coordinator(self, person: str, reason: RemovalReason, actor: str, now: datetime) -> Sequence[EventData]:
        """Remove a coordinator and return CoordinatorRemoved; a successor can be appointed."""
        self._act_for(Side.LOCAL, actor)
        self._require("remove_coordinator")
        if person not in self._coordinators():
            raise missing("coordinator_unknown", "Deze persoon is geen coördinator van dit netwerk.")
        self.coordinators = [coordinator for coordinator in self.coordinators if coordinator.person != person]
        return [
            CoordinatorRemoved(
                network_id=self.network_id,
                coordinator=person,
                reason=reason,
                appeal_until=appeal_until(reason, brussels_day(now)),
                actor=actor,
                removed_at=now,
            )
        ]

    def join_be_alert(self, agreement_version: str, actor: str, now: datetime) -> Sequence[EventData]:
        """Accept a version of the BE-Alert conditions, as a coordinator of the network; return BeAlertJoined."""
        if actor not in self._coordinators():
            raise forbidden("not_the_coordinator", "Alleen een coördinator van dit netwerk kan BE-Alert aanvaarden.")
        self.require_own(actor)
        self._require("join_be_alert")
        if self.be_alert_version == agreement_version:
            raise conflict("be_alert_already_joined", "Het netwerk heeft deze versie van BE-Alert al aanvaard.")
        self.be_alert_version = agreement_version
        return [
            BeAlertJoined(network_id=self.network_id, agreement_version=agreement_version, actor=actor, joined_at=now)
        ]

    def require_open(self, person: str, day: date) -> None:
        """Raise DomainError unless people can join the network on this day; strangers get `network_unknown`."""
        if self.in_force(day):
            return
        if not self.is_of(person):
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        self._require("join")
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
        return person == self.applicant or person in self._coordinators()

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

    def _require(self, action: str) -> None:
        require_allowed(ACTIONS, action, self.state, f"Dit kan nu niet: {IN_DUTCH[self.state]}.")

    def _act_for(self, side: Side, person: str) -> None:
        self.sides[person] = side_after(self.sides.get(person), side)

    def _require_decision(self, role: ApproverRole, actor: str) -> None:
        self._act_for(_SIDE_OF[role], actor)
        self._require("decide")
        if any(given.role is role for given in self.approvals):
            raise conflict("already_decided", f"De {role} heeft al beslist over deze versie van het charter.")

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

"""Defines the aggregate of a neighbourhood information network (BIN): what is stored of it, and what it allows.

The functions that change a network are in the modules `application`, `fod`, `amendments`, `suspension`, `ending`,
`coordinators` and `be_alert`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.events.network import Approval, CoordinatorRole, NetworkKind, RecognitionStatus
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, Word, conflict, forbidden, missing, require_seen
from buurtsein_kernel.versions import Versioned
from buurtsein_registry.domain import screening
from buurtsein_registry.domain.charter import Charter, CharterParts
from buurtsein_registry.domain.duties import Side, side_after
from buurtsein_registry.domain.evaluation import Evaluation
from buurtsein_registry.domain.parts import (
    Act,
    Coordinator,
    Deed,
    End,
    Mandate,
    PastCoordinator,
    Recognition,
    Suspension,
)
from buurtsein_registry.domain.screening import Screening
from buurtsein_registry.domain.states import ACTIONS, IN_DUTCH, JOINABLE, NetworkState


class Network(Versioned, BaseModel):
    """One network: a BIN of residents or a BIN-Z of traders."""

    told_as: ClassVar[Mapping[str, Sequence[str]]] = {"charters": ("charter",), "screenings": (), "sides": ()}

    network_id: UUID = Field(default_factory=uuid7)
    code: str
    kind: NetworkKind
    name: str
    nis: str
    postcodes: list[str]
    police_zone: str
    area: Area
    streets: list[str] = []
    """The streets of the area, as the neighbourhood names them."""
    dwellings: int | None = None
    """How many dwellings the area has, as the neighbourhood says."""
    languages: list[Language] = [Language.NL]
    """The languages in which the network works; Dutch is one of them."""
    applicant: str
    reference: str | None = None
    """The secret with which anybody can ask for the progress of the charter; the applicant gets it."""
    state: NetworkState = NetworkState.DRAFT
    state_since: datetime | None = None
    """When the network came into its present state."""
    charters: list[Charter] = []
    """All versions of the charter, oldest first; they are kept for ever."""
    acts: list[Act] = []
    """The acts on this network, oldest first; they remain when approvals lapse."""
    recognition: Recognition | None = None
    suspension: Suspension | None = None
    """The present suspension; None when the network is not suspended."""
    end: End | None = None
    coordinators: list[Coordinator] = []
    """The present coordinators."""
    past_coordinators: list[PastCoordinator] = []
    """The appointments that ended, oldest first; a person may have several."""
    mandates: list[Mandate] = []
    """The mandated police officers, present and past, oldest first."""
    screenings: list[Screening] = []
    """All screenings, favourable or not, oldest first."""
    taken_over_on: date | None = None
    """The day on which an already recognised network was entered from its documents; None for other networks."""
    evaluations: dict[int, Evaluation] = {}
    """The yearly evaluations, by calendar year."""
    sides: dict[str, Side] = {}
    """The side for which each person acted, also when the act has lapsed since."""
    be_alert_version: str | None = None

    @model_validator(mode="after")
    def _applicant_has_a_side(self) -> Self:
        self.sides.setdefault(self.applicant, Side.NEIGHBOURHOOD)
        return self

    def require_open(self, person: str, day: date) -> None:
        """Raise DomainError unless people can join the network on a day; outsiders get the code `network_unknown`."""
        if self.in_force(day):
            return
        if not self.is_of(person):
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        self.require_in_force(day, self.possible(day))

    def require_in_force(self, day: date, possible: Sequence[str]) -> None:
        """Raise `transition_refused` or `recognition_not_in_force` if people cannot become members on a day.

        `possible` are the actions that the error names as possible.
        """
        if self.in_force(day):
            return
        if self.state not in JOINABLE:
            now = Word("progress", self.state)
            raise conflict("transition_refused", f"Dit kan nu niet: {IN_DUTCH[self.state]}.", possible, state=now)
        when, days = "het netwerk is niet erkend", {}
        if self.recognition:
            when, days = self.recognition.in_dutch(), self.recognition.in_words()
        raise conflict("recognition_not_in_force", f"Dit kan nu niet: {when}.", possible, **days)

    def in_force(self, day: date) -> bool:
        """Return whether the network's recognition by the ministry is valid on this day."""
        return self.state in JOINABLE and bool(self.recognition and self.recognition.in_force(day))

    def recognition_status(self, day: date) -> RecognitionStatus | None:
        """Return the status of the ministry's recognition on a day; None before the charter was sent to it."""
        if self.recognition is None:
            return RecognitionStatus.REQUESTED if self.state is NetworkState.SUBMITTED_TO_FOD else None
        if self.state is NetworkState.SUSPENDED:
            return RecognitionStatus.SUSPENDED
        if self.in_force(day):
            return RecognitionStatus.ACTIVE
        return RecognitionStatus.REQUESTED if day < self.recognition.start else RecognitionStatus.EXPIRED

    @property
    def followed_since(self) -> date | None:
        """Return the first day on which the network was recognised and in the registry; None before recognition."""
        if self.recognition is None:
            return None
        return max(self.recognition.start, self.taken_over_on or self.recognition.start)

    @property
    def charter(self) -> Charter | None:
        """Return the newest version of the charter, whether it is approved or not; None before the first one."""
        return self.charters[-1] if self.charters else None

    @property
    def newest(self) -> Charter:
        """Return the newest version of the charter; the network must have a charter."""
        return self.charters[-1]

    @property
    def charter_in_force(self) -> Charter | None:
        """Return the newest version that both authorities approved and nobody refused; None when there is none."""
        return next((one for one in reversed(self.charters) if one.is_approved), None)

    @property
    def amendment_waits(self) -> bool:
        """Return whether a version after the charter in force was neither approved by both authorities nor refused."""
        return self.charter is not None and not (self.charter.is_approved or self.charter.refusal)

    @property
    def approvals(self) -> list[Approval]:
        """Return the approvals of the newest version of the charter."""
        return self.charter.approvals if self.charter else []

    @property
    def rejection(self) -> str | None:
        """Return the reason why the newest version of the charter was refused, or None."""
        return self.charter.refusal.reason if self.charter and self.charter.refusal else None

    def next_charter(self, parts: CharterParts, actor: str, now: datetime) -> Charter:
        """Return the next version of the charter, signed by a person for the neighbourhood; it is not added yet."""
        version = self.charter.version + 1 if self.charter else 1
        return Charter(**parts.model_dump(), version=version, signed_by=actor, signed_on=brussels_day(now))

    def require_complete(self, charter: Charter) -> None:
        """Raise DomainError `charter_incomplete` unless a version of the charter has its three parts."""
        lacking = charter.missing_parts()
        if lacking:
            detail = f"Dit kan nu niet: in het charter ontbreekt: {', '.join(lacking.values())}."
            parts = [Word("charter_parts", part) for part in lacking]
            raise conflict("charter_incomplete", detail, self.allowed(), parts=parts)

    def require_main_coordinator(self) -> str:
        """Return the main coordinator; raise DomainError `coordinator_missing` when the network has none."""
        if self.main_coordinator is None:
            detail = "Dit kan nu niet: het netwerk heeft nog geen hoofdcoördinator."
            raise conflict("coordinator_missing", detail, self.allowed())
        return self.main_coordinator

    @property
    def main_coordinator(self) -> str | None:
        """Return the main coordinator, or None when none is appointed."""
        return next((c.person for c in self.coordinators if c.role is CoordinatorRole.COORDINATOR), None)

    def is_of(self, person: str) -> bool:
        """Return whether a person applied for the network or is a coordinator of the network."""
        return person == self.applicant or person in self.coordinating

    def allowed(self) -> list[str]:
        """Return the actions that the network's present state allows."""
        return allowed(ACTIONS, self.state)

    def possible(self, day: date) -> list[str]:
        """Return the actions that the network's present state allows on a given day."""
        return [action for action in self.allowed() if action != "join" or self.in_force(day)]

    def require_own(self, actor: str) -> None:
        """Raise DomainError for a person who is not applicant or coordinator, or who failed the last screening."""
        if not self.is_of(actor):
            raise forbidden("not_the_coordinator", "Alleen de aanvrager of een coördinator van dit netwerk kan dit.")
        if screening.is_unsuitable(actor, self.screenings):
            raise forbidden("screening_unfavourable", "Dit kan niet: uw laatste screening was ongunstig.")

    def require_coordinator(self, actor: str) -> None:
        """Raise DomainError unless a person now coordinates the network, and did not fail the last police screening."""
        if actor not in self.coordinating:
            raise forbidden("not_the_coordinator", "Alleen een coördinator van dit netwerk kan dit.")
        self.require_own(actor)

    def require_mandated(self, actor: str) -> None:
        """Raise DomainError `not_mandated` unless a person is a mandated police officer of the network at present."""
        if actor not in self.mandated_officers:
            raise not_mandated()

    def require(self, action: str) -> None:
        """Raise DomainError `transition_refused` unless the network's present state allows an action."""
        said = f"Dit kan nu niet: {IN_DUTCH[self.state]}."
        require_allowed(ACTIONS, action, self.state, said, Word("progress", self.state))

    def require_seen(self, seen: str) -> None:
        """Raise `version_changed`, with what changed, unless `seen` is the network's present version."""
        since = {"changed": self.changed_since(seen)}
        require_seen(seen, self.version, self.state, IN_DUTCH[self.state], since)

    def act_for(self, side: Side, person: str) -> None:
        """Store for which side, such as police, a person acts; raise `same_person` if it was another side before."""
        self.sides[person] = side_after(self.sides.get(person), side)

    def enter(self, state: NetworkState, now: datetime) -> None:
        """Change the network's state, and store the time of the change."""
        self.state, self.state_since = state, now

    def note(self, action: Deed, actor: str, now: datetime, document_sha256: str | None = None) -> None:
        """Append an action to the network's acts: who, when, and the SHA-256 of the letter that was entered."""
        version = self.charter.version if self.charter else None
        self.acts.append(
            Act(action=action, actor=actor, acted_at=now, charter_version=version, document_sha256=document_sha256)
        )

    @property
    def mandated_officers(self) -> set[str]:
        """Return the pseudonyms of the police officers who are mandated at present."""
        return {mandate.officer for mandate in self.mandates if mandate.released_on is None}

    @property
    def coordinating(self) -> set[str]:
        """Return the pseudonyms of the present coordinators."""
        return {coordinator.person for coordinator in self.coordinators}


def not_mandated() -> DomainError:
    """Return the error for a police officer who is not mandated for the network."""
    return forbidden("not_mandated", "Alleen een gemandateerde politieambtenaar van dit netwerk kan dit.")

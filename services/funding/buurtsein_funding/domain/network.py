"""What funding knows of a network: only what the four conditions ask, each fact with the event that said it.

Invariant: nothing here is decided by funding; every fact is a copy of an event on `bin.networks`.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts import EventData
from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    CoordinatorRemoved,
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_kernel.days import brussels_day


class Fact(BaseModel):
    """Something an event said."""

    event_id: UUID


class Approved(Fact):
    """Both local approvals, by office."""

    decided_on: dict[ApproverRole, date]


class Recognised(Fact):
    """The recognition by the FOD; `status` is kept as it was said, also one that is new to us."""

    status: str
    start: date
    end: date | None
    reference: str


class Suspended(Fact):
    """The FOD's suspension of the recognition; without an end until it is lifted."""

    start: date
    end: date | None
    reference: str
    lifted_on: date | None = None
    """The first day on which the recognition is active again."""

    def holds(self, day: date) -> bool:
        """Whether it counts on a day; first and last day included."""
        return self.start <= day <= (self.end or date.max) and day < (self.lifted_on or date.max)


class Ended(Fact):
    """The network is no more."""

    ended_on: date


class Appointed(Fact):
    """The appointment of one coordinator."""

    appointed_on: date


class BeAlertAccepted(Fact):
    """The agreement to communicate through BE-Alert."""

    agreement_version: str
    joined_on: date


class KnownNetwork(BaseModel):
    """One network, as far as it was heard of."""

    network_id: UUID
    kind: str | None = None
    name: str | None = None
    approval: Approved | None = None
    recognition: Recognised | None = None
    suspension: Suspended | None = None
    ended: Ended | None = None
    coordinators: dict[str, Appointed] = {}
    """By pseudonym; those who are coordinators now."""
    be_alert: BeAlertAccepted | None = None

    def learn(self, event_id: UUID, data: EventData) -> None:
        """Take over what an event says; what does not matter here is ignored."""
        match data:
            case NetworkApproved():
                self.kind, self.name = data.kind, data.name
                decided_on = {approval.role: approval.decided_on for approval in data.approvals}
                self.approval = Approved(event_id=event_id, decided_on=decided_on)
            case NetworkAmended():
                self.name = data.name or self.name
            case NetworkRecognised() | NetworkSuspended() | NetworkReinstated() | NetworkEnded():
                self._learn_recognition(event_id, data)
            case CoordinatorAppointed():
                appointed_on = brussels_day(data.appointed_at)
                self.coordinators[data.coordinator] = Appointed(event_id=event_id, appointed_on=appointed_on)
            case CoordinatorRemoved():
                self.coordinators.pop(data.coordinator, None)
            case BeAlertJoined():
                self.be_alert = BeAlertAccepted(
                    event_id=event_id,
                    agreement_version=data.agreement_version,
                    joined_on=brussels_day(data.joined_at),
                )

    def _learn_recognition(
        self, event_id: UUID, data: NetworkRecognised | NetworkSuspended | NetworkReinstated | NetworkEnded
    ) -> None:
        """A recognition that is entered anew ends an earlier suspension."""
        match data:
            case NetworkRecognised():
                said = data.model_dump(include=set(Recognised.model_fields))
                self.recognition, self.suspension = Recognised(event_id=event_id, **said), None
            case NetworkSuspended():
                said = data.model_dump(include=set(Suspended.model_fields))
                self.suspension = Suspended(event_id=event_id, **said)
            case NetworkReinstated():
                if self.suspension:
                    self.suspension.lifted_on = data.start
            case NetworkEnded():
                self.ended = Ended(event_id=event_id, ended_on=brussels_day(data.ended_at))

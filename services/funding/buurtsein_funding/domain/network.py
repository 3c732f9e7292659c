"""What funding knows of a network: only what the four conditions ask, each fact with the event that said it.

Invariant: nothing here is decided by funding; every fact is a copy of an event on `bin.networks`.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts import EventData
from buurtsein_contracts.events import BeAlertJoined, CoordinatorAppointed, NetworkApproved, NetworkRecognised
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
    coordinators: dict[str, Appointed] = {}
    """By pseudonym."""
    be_alert: BeAlertAccepted | None = None

    def learn(self, event_id: UUID, data: EventData) -> None:
        """Take over what an event says; what does not matter here is ignored."""
        match data:
            case NetworkApproved():
                self.kind, self.name = data.kind, data.name
                decided_on = {approval.role: approval.decided_on for approval in data.approvals}
                self.approval = Approved(event_id=event_id, decided_on=decided_on)
            case NetworkRecognised():
                said = data.model_dump(include=set(Recognised.model_fields))
                self.recognition = Recognised(event_id=event_id, **said)
            case CoordinatorAppointed():
                appointed_on = brussels_day(data.appointed_at)
                self.coordinators[data.coordinator] = Appointed(event_id=event_id, appointed_on=appointed_on)
            case BeAlertJoined():
                self.be_alert = BeAlertAccepted(
                    event_id=event_id,
                    agreement_version=data.agreement_version,
                    joined_on=brussels_day(data.joined_at),
                )

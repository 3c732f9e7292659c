"""Makes the parts of responses that show coordinators, removals and mandates; persons are pseudonyms."""

from datetime import date

from pydantic import BaseModel

from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_registry.domain import parts
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import RemovalStatus


class Coordinator(BaseModel):
    """A coordinator (pseudonym) whom the police found suitable."""

    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class PastCoordinator(BaseModel):
    """A person (pseudonym) who was coordinator in a role, from a day until a day."""

    person: str
    role: CoordinatorRole
    appointed_on: date
    removed_on: date


class Removal(BaseModel):
    """The removal of a coordinator: the reason, and the status of an appeal; the text of the appeal is not stored."""

    person: str
    role: CoordinatorRole
    removed_on: date
    reason: RemovalReason | None = None
    """None for a co-coordinator who became main coordinator."""
    heard_on: date | None = None
    """The day on which the korpschef heard the coordinator."""
    appeal_until: date | None = None
    lodged_on: date | None = None
    decided_on: date | None = None
    status: RemovalStatus


class Mandate(BaseModel):
    """A police officer (pseudonym) who is mandated for the network, from a day until a day."""

    officer: str
    mandated_on: date
    released_on: date | None = None


def coordinator_of(given: parts.Coordinator) -> Coordinator:
    """Return a present coordinator for the response."""
    return Coordinator(
        person=given.person, role=given.role, screened_on=given.screened_on, appointed_on=given.appointed_on
    )


def past_coordinator_of(given: parts.PastCoordinator) -> PastCoordinator:
    """Return an earlier coordinator for the response, without the reason for the removal."""
    return PastCoordinator(
        person=given.person, role=given.role, appointed_on=given.appointed_on, removed_on=given.removed_on
    )


def removal_of(given: parts.PastCoordinator, today: date) -> Removal:
    """Return the removal of a coordinator for the response to officials and to the coordinator."""
    appeal = given.appeal
    return Removal(
        person=given.person,
        role=given.role,
        removed_on=given.removed_on,
        reason=given.reason,
        heard_on=given.heard_on,
        appeal_until=given.appeal_until,
        lodged_on=appeal.lodged_on if appeal else None,
        decided_on=appeal.decided_on if appeal else None,
        status=given.status(today),
    )


def last_removal_of(network: Network, person: str, today: date) -> Removal:
    """Return the last removal of a coordinator who was removed."""
    return removal_of([one for one in network.past_coordinators if one.person == person][-1], today)


def mandate_of(given: parts.Mandate) -> Mandate:
    """Return a police officer's mandate in the form of the response."""
    return Mandate(officer=given.officer, mandated_on=given.mandated_on, released_on=given.released_on)

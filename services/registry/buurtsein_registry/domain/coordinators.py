"""Decides on the coordinators of a network: screening, appointment, removal and succession.

Invariant: a coordinator was screened with a favourable outcome; a network has at most one main coordinator. From its
approval on, a network keeps its main coordinator until a successor takes over, unless the person stops or dies. Each
function changes the network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import CoordinatorAppointed, CoordinatorRemoved
from buurtsein_contracts.events.network import CoordinatorRole
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.domain import screening
from buurtsein_registry.domain.duties import Side, side_after
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Coordinator, PastCoordinator
from buurtsein_registry.domain.removal import VOLUNTARY, Removal
from buurtsein_registry.domain.screening import Screening
from buurtsein_registry.domain.states import COORDINATED


def screen(network: Network, new: Screening, valid_days: int) -> None:
    """Store the outcome of the police's screening of a candidate coordinator, favourable or unfavourable."""
    network.act_for(Side.POLICE, new.actor)
    side_after(network.sides.get(new.person), Side.NEIGHBOURHOOD)
    screening.refuse_impossible(new, valid_days)
    screening.refuse_overruling(new, network.screenings)
    network.screenings.append(new)


def assess(network: Network, new: Screening, role: CoordinatorRole, valid_days: int) -> Sequence[EventData]:
    """Store the outcome of a candidate's screening; when it is favourable, appoint the candidate as coordinator.

    The favourable screening of somebody who is coordinator in this role already becomes the screening that counts.
    """
    screen(network, new, valid_days)
    if new.outcome != "OK":
        return []
    for present in network.coordinators:
        if (present.person, present.role) == (new.person, role):
            network.require("appoint_coordinator")
            present.screened_on = new.screened_on
            return []
    appointed_on = brussels_day(new.noted_at)
    candidate = Coordinator(person=new.person, role=role, screened_on=new.screened_on, appointed_on=appointed_on)
    return appoint(network, candidate, new.actor, new.noted_at)


def appoint(network: Network, candidate: Coordinator, actor: str, now: datetime) -> Sequence[EventData]:
    """Appoint a screened candidate and return CoordinatorAppointed; a network has one main coordinator."""
    network.act_for(Side.POLICE, actor)
    network.act_for(Side.NEIGHBOURHOOD, candidate.person)
    network.require("appoint_coordinator")
    if candidate.person in network.coordinating:
        raise conflict("already_coordinator", "Deze persoon is al coördinator van dit netwerk.")
    if candidate.role is CoordinatorRole.COORDINATOR and network.main_coordinator:
        raise conflict("coordinator_exists", "Dit netwerk heeft al een hoofdcoördinator.")
    return [added(network, candidate, actor, now)]


def remove(network: Network, removal: Removal, now: datetime) -> Sequence[EventData]:
    """Remove a coordinator from a network and return the event CoordinatorRemoved.

    Raises `successor_missing` for the main coordinator of a network that must have one, unless the person stops or
    died; `succeed` removes that coordinator and names a successor.
    """
    network.act_for(removal.side, removal.actor)
    network.require("remove_coordinator")
    is_main = removal.person == network.main_coordinator
    if is_main and network.state in COORDINATED and removal.reason not in VOLUNTARY:
        detail = "Dit kan nu niet: wijs tegelijk een opvolger aan voor de hoofdcoördinator."
        raise conflict("successor_missing", detail, ["succeed"])
    return [_ended(network, removal, now)]


def succeed(
    network: Network, successor: str, removal: Removal, screened: Screening | None, valid_days: int, now: datetime
) -> Sequence[EventData]:
    """Replace the main coordinator by a successor at once; return CoordinatorRemoved and CoordinatorAppointed.

    The successor is a co-coordinator whose screening is still valid, or a candidate whose favourable screening the
    police give now (`screened`).
    """
    network.act_for(removal.side, removal.actor)
    network.require("succeed")
    if successor == removal.person:
        raise conflict("already_coordinator", "Deze persoon is al hoofdcoördinator van dit netwerk.")
    removed = _ended(network, removal, now)
    if screened:
        screen(network, screened, valid_days)
    promoted = _successor(network, successor, screened, valid_days, now)
    _leave_role(network, successor, removal.actor, now)
    network.act_for(Side.NEIGHBOURHOOD, successor)
    return [removed, added(network, promoted, removal.actor, now)]


def added(network: Network, candidate: Coordinator, actor: str, now: datetime) -> CoordinatorAppointed:
    """Add a person to the network's present coordinators and return the event CoordinatorAppointed."""
    network.coordinators.append(candidate)
    return CoordinatorAppointed(
        network_id=network.network_id,
        coordinator=candidate.person,
        role=candidate.role,
        screened_on=candidate.screened_on,
        actor=actor,
        appointed_at=now,
    )


def _successor(
    network: Network, person: str, screened: Screening | None, valid_days: int, now: datetime
) -> Coordinator:
    """Return the successor as new main coordinator; raise DomainError unless the successor's screening is valid."""
    present = {one.person: one.screened_on for one in network.coordinators}
    screened_on = screened.screened_on if screened else present.get(person)
    if screened_on is None:
        raise conflict("successor_unscreened", "De opvolger is nog niet gescreend: vraag dit aan de politie.")
    screening.require_valid(person, screened_on, network.screenings, valid_days, now)
    return Coordinator(
        person=person, role=CoordinatorRole.COORDINATOR, screened_on=screened_on, appointed_on=brussels_day(now)
    )


def _ended(network: Network, removal: Removal, now: datetime) -> CoordinatorRemoved:
    """Move a coordinator from the present to the past coordinators and return the event CoordinatorRemoved."""
    today = brussels_day(now)
    if removal.person not in network.coordinating:
        raise missing("coordinator_unknown", "Deze persoon is geen coördinator van dit netwerk.")
    removal.require_allowed(today)
    past = _leave_role(network, removal.person, removal.actor, now)
    past.reason, past.heard_on, past.appeal_until = removal.reason, removal.heard_on, removal.appeal_until(today)
    return CoordinatorRemoved(
        network_id=network.network_id,
        coordinator=removal.person,
        reason=removal.reason,
        appeal_until=past.appeal_until,
        actor=removal.actor,
        removed_at=now,
    )


def _leave_role(network: Network, person: str, actor: str, now: datetime) -> PastCoordinator:
    """Move a coordinator from the present to the past coordinators, and return the person's last past appointment."""
    for present in [one for one in network.coordinators if one.person == person]:
        network.coordinators.remove(present)
        ended = PastCoordinator(**present.model_dump(), removed_on=brussels_day(now), removed_by=actor)
        network.past_coordinators.append(ended)
    return network.past_coordinators[-1]

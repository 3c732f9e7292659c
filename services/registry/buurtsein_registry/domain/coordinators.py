"""Decides on the coordinators of a network: screening, appointment and removal.

Invariant: a coordinator was screened with a favourable outcome; a network has at most one main coordinator. Each
function changes the network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import CoordinatorAppointed, CoordinatorRemoved
from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.domain import screening
from buurtsein_registry.domain.duties import Side, side_after
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Coordinator, appeal_until
from buurtsein_registry.domain.screening import Screening


def screen(network: Network, new: Screening, valid_days: int) -> None:
    """Store the outcome of a screening, favourable or not."""
    network.act_for(Side.POLICE, new.actor)
    side_after(network.sides.get(new.person), Side.NEIGHBOURHOOD)
    screening.refuse_impossible(new, valid_days)
    screening.refuse_overruling(new, network.screenings)
    network.screenings.append(new)


def assess(network: Network, new: Screening, role: CoordinatorRole, valid_days: int) -> Sequence[EventData]:
    """Store the outcome of a candidate's screening; when it is favourable, appoint the candidate as coordinator."""
    screen(network, new, valid_days)
    if new.outcome != "OK":
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
    network.coordinators.append(candidate)
    return [
        CoordinatorAppointed(
            network_id=network.network_id,
            coordinator=candidate.person,
            role=candidate.role,
            screened_on=candidate.screened_on,
            actor=actor,
            appointed_at=now,
        )
    ]


def remove(network: Network, person: str, reason: RemovalReason, actor: str, now: datetime) -> Sequence[EventData]:
    """Remove a coordinator and return CoordinatorRemoved; a successor can be appointed."""
    network.act_for(Side.LOCAL, actor)
    network.require("remove_coordinator")
    if person not in network.coordinating:
        raise missing("coordinator_unknown", "Deze persoon is geen coördinator van dit netwerk.")
    network.coordinators = [coordinator for coordinator in network.coordinators if coordinator.person != person]
    return [
        CoordinatorRemoved(
            network_id=network.network_id,
            coordinator=person,
            reason=reason,
            appeal_until=appeal_until(reason, brussels_day(now)),
            actor=actor,
            removed_at=now,
        )
    ]

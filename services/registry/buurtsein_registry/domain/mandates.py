"""Decides on the mandated police officers of a network, whom the korpschef appoints and releases.

Invariant: an officer has at most one present mandate for a network; past mandates stay. A network may have several
officers; a network without an officer cannot send hot messages. Each function changes the network and returns the
events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import OfficerMandated, OfficerReleased
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Mandate


def mandate(network: Network, officer: str, actor: str, now: datetime) -> Sequence[EventData]:
    """Mandate a police officer for the network and return OfficerMandated."""
    network.act_for(Side.POLICE, actor)
    network.act_for(Side.POLICE, officer)
    network.require("mandate_officer")
    if officer in network.mandated_officers:
        raise conflict("already_mandated", "Deze politieambtenaar is al gemandateerd voor dit netwerk.")
    network.mandates.append(Mandate(officer=officer, mandated_on=brussels_day(now), mandated_by=actor))
    return [OfficerMandated(network_id=network.network_id, officer=officer, actor=actor, mandated_at=now)]


def release(network: Network, officer: str, actor: str, now: datetime) -> Sequence[EventData]:
    """End the mandate of a police officer and return OfficerReleased."""
    network.act_for(Side.POLICE, actor)
    network.require("release_officer")
    present = [one for one in network.mandates if one.officer == officer and one.released_on is None]
    if not present:
        raise missing("officer_unknown", "Deze politieambtenaar is niet gemandateerd voor dit netwerk.")
    present[0].released_on, present[0].released_by = brussels_day(now), actor
    return [OfficerReleased(network_id=network.network_id, officer=officer, actor=actor, released_at=now)]

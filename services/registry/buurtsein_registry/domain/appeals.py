"""Decides on the appeal of a coordinator who was removed against their will.

Invariant: a removal has one appeal, lodged in time and decided once; only days and outcome are stored. Each function
changes the network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events.network import CoordinatorRole
from buurtsein_kernel.days import brussels_day, in_words
from buurtsein_kernel.problems import DomainError, conflict, missing
from buurtsein_registry.domain.coordinators import added
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Appeal, Coordinator, PastCoordinator, RemovalStatus


def lodge(network: Network, person: str, lodged_on: date, side: Side, actor: str, now: datetime) -> None:
    """Store that a removed coordinator appealed on a day; the coordinator or the city enters it."""
    past = _past(network, person)
    network.act_for(side, actor)
    network.require("lodge_appeal")
    if past.appeal:
        raise conflict("appeal_lodged", "Tegen dit ontslag is al beroep ingesteld.")
    if past.appeal_until is None:
        raise conflict("appeal_not_possible", "Tegen dit einde kan geen beroep: de coördinator stopte zelf.")
    if not past.removed_on <= lodged_on <= brussels_day(now):
        detail = "De dag van het beroep ligt tussen de dag van het ontslag en vandaag."
        raise DomainError("appeal_day_impossible", detail)
    if lodged_on > past.appeal_until:
        last = past.appeal_until
        raise conflict("appeal_too_late", f"Beroep kon tot en met {in_words(last)}.", day=last)
    past.appeal = Appeal(lodged_on=lodged_on, entered_by=actor)


def decide(network: Network, person: str, actor: str, now: datetime, *, upheld: bool) -> Sequence[EventData]:
    """Uphold or dismiss, for the city, a coordinator's appeal against a removal.

    When it is upheld, the person is coordinator again and CoordinatorAppointed is returned: in the former role, or as
    co-coordinator when the network has another main coordinator by now.
    """
    past = _past(network, person)
    network.act_for(Side.CITY, actor)
    network.require("decide_appeal")
    if past.appeal is None or past.status(brussels_day(now)) is not RemovalStatus.APPEAL_LODGED:
        raise conflict("no_open_appeal", "Er loopt geen beroep van deze persoon.")
    past.appeal.decided_on, past.appeal.decided_by, past.appeal.upheld = brussels_day(now), actor, upheld
    if not upheld or person in network.coordinating:
        return []
    return [added(network, _reinstated(network, past, now), actor, now)]


def _reinstated(network: Network, past: PastCoordinator, now: datetime) -> Coordinator:
    role = CoordinatorRole.CO_COORDINATOR if network.main_coordinator else past.role
    return Coordinator(person=past.person, role=role, screened_on=past.screened_on, appointed_on=brussels_day(now))


def _past(network: Network, person: str) -> PastCoordinator:
    """Return the last removal of a coordinator; raise `coordinator_unknown` when the person was never removed."""
    removed = [one for one in network.past_coordinators if one.person == person and one.reason]
    if not removed:
        raise missing("coordinator_unknown", "Deze persoon is geen ontslagen coördinator van dit netwerk.")
    return removed[-1]

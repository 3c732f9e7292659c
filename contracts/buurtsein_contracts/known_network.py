"""Computes the state of a network from the events of `bin.networks`, by pure functions without I/O.

Each event gives values for some properties of the network. For each property the event with the highest sequence
counts, so events may arrive in any order, and a duplicate changes nothing. The result can be stored as JSON
(`model_dump_json`) in a projection.

Seven events change nothing: NetworkAtRisk and EvaluationSigned, and NetworkApplied, NetworkSubmitted, NetworkRejected,
NetworkSentToFod and NetworkReturned, which say how far an application or amendment is. What is known here holds for a
network from its approval on: name and area of an application can still change until NetworkApproved gives them, and an
amendment counts from NetworkAmended.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts.envelope import Event
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
    OfficerMandated,
    OfficerReleased,
)
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.model import EventData, Timestamp
from buurtsein_contracts.network_facts import (
    Agreement,
    Appointment,
    Approved,
    Charter,
    Days,
    Ended,
    NotRecognised,
    Recognition,
    Stated,
    Suspension,
)

__all__ = [
    "Agreement",
    "Appointment",
    "Approved",
    "Charter",
    "Days",
    "Ended",
    "KnownNetwork",
    "NotRecognised",
    "Recognition",
    "Stated",
    "Suspension",
]


class KnownNetwork(BaseModel):
    """The state of one network according to its events; a property is None until an event gives its value."""

    model_config = ConfigDict(frozen=True)

    network_id: UUID
    approved: Stated[Approved] | None = None
    charter_version: Stated[int] | None = None
    named: Stated[str] | None = None
    area: Stated[Area] | None = None
    postcodes: Stated[tuple[str, ...]] | None = None
    recognised: Stated[Recognition] | None = None
    suspended: Stated[Suspension] | None = None
    reinstated: Stated[date] | None = None
    """The first day after the suspension."""
    ended: Stated[Ended] | None = None
    coordinators: dict[str, Stated[Appointment | None]] = {}
    """The appointments by the pseudonym of the coordinator; the value is None for one who was removed."""
    officers: dict[str, Stated[Timestamp | None]] = {}
    """When each police officer was mandated, by pseudonym; the value is None for one who was released."""
    be_alert: Stated[Agreement] | None = None

    def with_event(self, event: Event[Any]) -> Self:
        """Return the state of the network after one more event.

        An event of another network, or one with older values, gives the same network. Unknown event types cannot get
        here, because `parse` refuses them.
        """
        if event.key != str(self.network_id):
            return self
        stated = {name: _stated(event, value) for name, value in _values(event.data).items()}
        newer = {name: fact for name, fact in stated.items() if _is_newer(fact, getattr(self, name))}
        people = {who: one for who, one in _coordinators(event).items() if _is_newer(one, self.coordinators.get(who))}
        officers = {who: one for who, one in _officers(event).items() if _is_newer(one, self.officers.get(who))}
        merged = {"coordinators": self.coordinators | people, "officers": self.officers | officers}
        return self.model_copy(update=newer | merged)

    def with_next(self, event: Event[Any]) -> Self:
        """Return the network's state after one more event; the caller passes each event once and in order.

        The result does not contain removed coordinators or released officers and, after the end of the network, no
        people at all, so that no data of an erased person remain. `with_event` keeps them, because an older event may
        still arrive.
        """
        known = self.with_event(event)
        if known.is_ended:
            return known.without_people()
        return known.model_copy(
            update={"coordinators": _present(known.coordinators), "officers": _present(known.officers)}
        )

    def without_people(self) -> Self:
        """Return this network without coordinators and officers, for a reader that needs no pseudonyms."""
        return self.model_copy(update={"coordinators": {}, "officers": {}})

    @property
    def charter(self) -> Charter | None:
        """Return the charter in force of the network; None when no event of its approval was read."""
        if not (self.approved and self.charter_version and self.named and self.area and self.postcodes):
            return None
        return Charter(
            **self.approved.value.model_dump(include={"code", "kind", "nis"}),
            name=self.named.value,
            area=self.area.value,
            postcodes=self.postcodes.value,
            version=self.charter_version.value,
        )

    @property
    def bounds(self) -> Sequence[float | None]:
        """Return west, south, east and north of the area in degrees; four times None while no event gave the area."""
        return self.area.value.bounds if self.area else (None,) * 4

    @property
    def is_ended(self) -> bool:
        """Return whether the event NetworkEnded was read."""
        return self.ended is not None

    @property
    def has_joined_be_alert(self) -> bool:
        """Return whether the network accepted an agreement on BE-Alert."""
        return self.be_alert is not None

    @property
    def present_coordinators(self) -> dict[str, str]:
        """Return the role of each coordinator who was appointed and not removed, by pseudonym."""
        return {who: fact.value.role for who, fact in self.coordinators.items() if fact.value is not None}

    @property
    def mandated_officers(self) -> set[str]:
        """Return the pseudonyms of the officers who are mandated; without any, the network sends no hot messages."""
        return set(_present(self.officers))

    def is_suspended_on(self, day: date) -> bool:
        """Return whether the network is suspended on a day; a later reinstatement or recognition ends a suspension."""
        if self.suspended is None or not self.suspended.value.days.include(day):
            return False
        lifted = self.reinstated is not None and _is_newer(self.reinstated, self.suspended)
        again = self.recognised is not None and _is_newer(self.recognised, self.suspended)
        return not again and not (lifted and self.reinstated is not None and self.reinstated.value <= day)

    def is_recognised_on(self, day: date) -> bool:
        """Return whether the network is recognised on a day, and is neither suspended nor ended."""
        return self.why_not_recognised_on(day) is None

    def why_not_recognised_on(self, day: date) -> NotRecognised | None:
        """Return why the network is not recognised on a day, or None when it is recognised.

        When several reasons hold, the one that comes first in NotRecognised is returned.
        """
        if self.ended:
            return NotRecognised.ENDED
        if self.recognised is None:
            return NotRecognised.NEVER_RECOGNISED
        if self.is_suspended_on(day):
            return NotRecognised.SUSPENDED
        return _fault_of(self.recognised.value, day)


def _fault_of(recognition: Recognition, day: date) -> NotRecognised | None:
    if not recognition.is_active:
        return NotRecognised.NOT_ACTIVE
    if recognition.days.include(day):
        return None
    return NotRecognised.NOT_YET if day < recognition.days.start else NotRecognised.OVER


def _stated[V](event: Event[Any], value: V) -> Stated[V]:
    return Stated(event_id=event.id, sequence=event.sequence, value=value)


def _present[V](facts: dict[str, Stated[V | None]]) -> dict[str, Stated[V | None]]:
    return {who: fact for who, fact in facts.items() if fact.value is not None}


def _is_newer(fact: Stated[Any], known: Stated[Any] | None) -> bool:
    return known is None or fact.sequence > known.sequence


def _values(data: EventData) -> dict[str, Any]:
    """Return the properties of a network that an event changes, with their new values."""
    stated: dict[str, Any] = {}
    match data:
        case NetworkApproved():
            decided_on = {str(approval.role): approval.decided_on for approval in data.approvals}
            approved = Approved(code=data.code, kind=data.kind, nis=data.nis, decided_on=decided_on)
            stated = {"approved": approved} | _described(data)
        case NetworkAmended():
            stated = _described(data)
        case NetworkRecognised(status=status, reference=reference):
            days = Days(start=data.start, end=data.end)
            stated = {"recognised": Recognition(status=status, days=days, reference=reference)}
        case NetworkSuspended():
            stated = {"suspended": Suspension(days=Days(start=data.start, end=data.end), reference=data.reference)}
        case NetworkReinstated():
            stated = {"reinstated": data.start}
        case NetworkEnded():
            stated = {"ended": Ended(reason=data.reason, at=data.ended_at)}
        case BeAlertJoined():
            stated = {"be_alert": Agreement(version=data.agreement_version, at=data.joined_at)}
    return stated


def _described(data: NetworkApproved | NetworkAmended) -> dict[str, Any]:
    """Return the parts of a network's charter in an event; an amendment contains only the changed parts."""
    postcodes = tuple(data.postcodes) if data.postcodes is not None else None
    parts = {"charter_version": data.charter_version, "named": data.name, "area": data.area, "postcodes": postcodes}
    return {fact: value for fact, value in parts.items() if value is not None}


def _coordinators(event: Event[Any]) -> dict[str, Stated[Appointment | None]]:
    match event.data:
        case CoordinatorAppointed() as appointed:
            appointment = Appointment(role=appointed.role, at=appointed.appointed_at)
            return {appointed.coordinator: _stated(event, appointment)}
        case CoordinatorRemoved() as removed:
            return {removed.coordinator: _stated(event, None)}
        case _:
            return {}


def _officers(event: Event[Any]) -> dict[str, Stated[Timestamp | None]]:
    match event.data:
        case OfficerMandated() as mandated:
            return {mandated.officer: _stated(event, mandated.mandated_at)}
        case OfficerReleased() as released:
            return {released.officer: _stated(event, None)}
        case _:
            return {}

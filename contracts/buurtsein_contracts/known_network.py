"""Reduces the events of `bin.networks` to what is known of one network: pure functions, without I/O.

Each event states some facts. For each fact the event with the highest sequence wins, so events may arrive in any order,
and a duplicate changes nothing. The result can be stored as JSON (`model_dump_json`) in a projection.
"""

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
)
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.model import EventData


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Stated[V](_Value):
    """A fact, and the sequence of the event that stated it."""

    sequence: int
    value: V


class Days(_Value):
    """A period of calendar days from `start` to `end`, both included; without `end` it is still open."""

    start: date
    end: date | None = None

    def include(self, day: date) -> bool:
        """Return whether the day falls in the period."""
        return self.start <= day and (self.end is None or day <= self.end)


class Charter(_Value):
    """The parts of a charter that korpschef and burgemeester approved."""

    code: str
    kind: str
    nis: str
    version: int


class KnownNetwork(_Value):
    """What the events seen so far say of one network; a fact is None as long as no event stated it."""

    network_id: UUID
    approved: Stated[Charter] | None = None
    named: Stated[str] | None = None
    area: Stated[Area] | None = None
    postcodes: Stated[tuple[str, ...]] | None = None
    recognised: Stated[Days | None] | None = None
    """The period of the recognition. The value is None when the FOD entered the network with another status than
    ACTIEF."""
    suspended: Stated[Days] | None = None
    reinstated: Stated[date] | None = None
    """The first day after the suspension."""
    ended: Stated[str] | None = None
    """The reason why the network ended."""
    coordinators: dict[str, Stated[str | None]] = {}
    """The role by the coordinator's pseudonym; the value is None for a coordinator who was removed."""
    be_alert: Stated[str] | None = None
    """The version of the accepted agreement on BE-Alert."""

    def with_event(self, event: Event[Any]) -> Self:
        """Return this network with the facts of one more event.

        An event of another network, or one that states nothing newer, gives the same network. Unknown event types
        cannot get here, because `parse` refuses them.
        """
        if event.key != str(self.network_id):
            return self
        facts = _facts(event.data)
        stated: dict[str, Any] = {name: Stated(sequence=event.sequence, value=value) for name, value in facts.items()}
        newer = {name: fact for name, fact in stated.items() if _is_newer(fact, getattr(self, name))}
        people = {who: one for who, one in _coordinators(event).items() if _is_newer(one, self.coordinators.get(who))}
        return self.model_copy(update=newer | {"coordinators": self.coordinators | people})

    @property
    def is_ended(self) -> bool:
        """Return whether NetworkEnded was seen."""
        return self.ended is not None

    @property
    def has_joined_be_alert(self) -> bool:
        """Return whether the network accepted an agreement on BE-Alert."""
        return self.be_alert is not None

    @property
    def present_coordinators(self) -> dict[str, str]:
        """Return the role of each coordinator who was appointed and not removed, by pseudonym."""
        return {who: fact.value for who, fact in self.coordinators.items() if fact.value is not None}

    def is_suspended_on(self, day: date) -> bool:
        """Return whether the network is suspended on a day; a later reinstatement or recognition ends a suspension."""
        if self.suspended is None or not self.suspended.value.include(day):
            return False
        lifted = self.reinstated is not None and _is_newer(self.reinstated, self.suspended)
        again = self.recognised is not None and _is_newer(self.recognised, self.suspended)
        return not again and not (lifted and self.reinstated is not None and self.reinstated.value <= day)

    def is_recognised_on(self, day: date) -> bool:
        """Return whether the network is recognised on a day, and is neither suspended nor ended."""
        days = self.recognised.value if self.recognised else None
        return days is not None and days.include(day) and not self.is_suspended_on(day) and not self.is_ended


def _is_newer(fact: Stated[Any], known: Stated[Any] | None) -> bool:
    return known is None or fact.sequence > known.sequence


def _facts(data: EventData) -> dict[str, Any]:
    """Return the facts that an event states, by name of the fact."""
    stated: dict[str, Any] = {}
    match data:
        case NetworkApproved():
            charter = Charter(code=data.code, kind=data.kind, nis=data.nis, version=data.charter_version)
            stated = {"approved": charter} | _described(data.name, data.area, data.postcodes)
        case NetworkAmended():
            stated = _described(data.name, data.area, data.postcodes)
        case NetworkRecognised():
            stated = {"recognised": Days(start=data.start, end=data.end) if data.status == "ACTIEF" else None}
        case NetworkSuspended():
            stated = {"suspended": Days(start=data.start, end=data.end)}
        case NetworkReinstated():
            stated = {"reinstated": data.start}
        case NetworkEnded():
            stated = {"ended": str(data.reason)}
        case BeAlertJoined():
            stated = {"be_alert": data.agreement_version}
    return stated


def _described(name: str | None, area: Area | None, postcodes: list[str] | None) -> dict[str, Any]:
    """Return the facts in the description of a network; an amendment leaves out what did not change."""
    said = {"named": name, "area": area, "postcodes": tuple(postcodes) if postcodes is not None else None}
    return {fact: value for fact, value in said.items() if value is not None}


def _coordinators(event: Event[Any]) -> dict[str, Stated[str | None]]:
    match event.data:
        case CoordinatorAppointed() as appointed:
            return {appointed.coordinator: Stated(sequence=event.sequence, value=str(appointed.role))}
        case CoordinatorRemoved() as removed:
            return {removed.coordinator: Stated(sequence=event.sequence, value=None)}
        case _:
            return {}

"""What the events of `bin.networks` say of one network, folded into one value; pure, no I/O.

Each event states some facts. Of each fact the statement with the highest sequence counts, so the order in which the
events come does not matter, and an event that comes twice changes nothing. The value can be stored as JSON
(`model_dump_json`) beside the stream's other rows.
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
    """A fact and the sequence of the event that states it."""

    sequence: int
    value: V


class Days(_Value):
    """From a first day up to and including a last one, when there is one."""

    start: date
    end: date | None = None

    def include(self, day: date) -> bool:
        """Whether a day is one of them; the first and the last day are."""
        return self.start <= day and (self.end is None or day <= self.end)


class Charter(_Value):
    """What both approved."""

    code: str
    kind: str
    nis: str
    version: int


class KnownNetwork(_Value):
    """One network as far as its events were seen; a fact that no event stated yet is None."""

    network_id: UUID
    approved: Stated[Charter] | None = None
    named: Stated[str] | None = None
    area: Stated[Area] | None = None
    postcodes: Stated[tuple[str, ...]] | None = None
    recognised: Stated[Days | None] | None = None
    """The days of the recognition; a value of None: it was entered with another status than ACTIEF."""
    suspended: Stated[Days] | None = None
    reinstated: Stated[date] | None = None
    """The first day on which the suspension is lifted."""
    ended: Stated[str] | None = None
    """Why."""
    coordinators: dict[str, Stated[str | None]] = {}
    """By pseudonym: the role, or None when removed."""
    be_alert: Stated[str] | None = None
    """Version of the agreement that was accepted."""

    def with_event(self, event: Event[Any]) -> Self:
        """This network with one more event; the same when the event is of another network or states nothing new.

        A type that this package does not know never comes here: `parse` has refused it.
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
        """Whether the network is no more."""
        return self.ended is not None

    @property
    def has_joined_be_alert(self) -> bool:
        """Whether an agreement on BE-Alert was accepted."""
        return self.be_alert is not None

    @property
    def present_coordinators(self) -> dict[str, str]:
        """Those appointed and not removed: role by pseudonym."""
        return {who: fact.value for who, fact in self.coordinators.items() if fact.value is not None}

    def is_suspended_on(self, day: date) -> bool:
        """Whether a suspension holds on a day; a reinstatement, or a recognition entered later, lifts it."""
        if self.suspended is None or not self.suspended.value.include(day):
            return False
        lifted = self.reinstated is not None and _is_newer(self.reinstated, self.suspended)
        again = self.recognised is not None and _is_newer(self.recognised, self.suspended)
        return not again and not (lifted and self.reinstated is not None and self.reinstated.value <= day)

    def is_recognised_on(self, day: date) -> bool:
        """Whether the network may act as a recognised one on a day: recognised, not suspended, not ended."""
        days = self.recognised.value if self.recognised else None
        return days is not None and days.include(day) and not self.is_suspended_on(day) and not self.is_ended


def _is_newer(fact: Stated[Any], known: Stated[Any] | None) -> bool:
    return known is None or fact.sequence > known.sequence


def _facts(data: EventData) -> dict[str, Any]:
    """What an event states of a network, by the name of the fact."""
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
    """What is there of a description; an amendment leaves out what did not change."""
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

"""Decides whether a person's data may be deleted, and makes the event about it.

Invariant: the data of a member or coordinator is not deleted.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from pydantic import BaseModel

from buurtsein_contracts import EventData
from buurtsein_contracts.events import PersonErased
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import missing
from buurtsein_registry.domain.rules import Rules


class PersonData(BaseModel):
    """The personal data that the vault keeps of one person, besides the addresses of the memberships."""

    name: str
    email: str | None = None
    mobile: str
    enterprise_number: str | None = None
    """The enterprise number of a natural person; that of a legal person is stored in the membership."""

    @property
    def tag(self) -> str:
        """Return an ETag that changes with the personal data; it is never stored, because it derives from them."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """All that the registry stores about one person."""

    person: str
    in_vault: bool
    is_member: bool
    was_member: bool
    is_coordinator: bool

    @property
    def is_bound(self) -> bool:
        """Return whether the person is still a member or coordinator, so that an erasure must wait."""
        return self.is_member or self.is_coordinator

    def require_something(self) -> None:
        """Raise DomainError `person_unknown` when the registry stores nothing about the person."""
        if not (self.in_vault or self.was_member or self.is_bound):
            raise missing("person_unknown", "Van deze persoon wordt niets bewaard.")

    def erase(self, reason: ErasureReason, now: datetime) -> Sequence[EventData]:
        """Check that a person's data may be deleted, and return the event PersonErased.

        Returns no event when only ended memberships are left and the vault has no data. Raises DomainError
        `person_unknown` when nothing is stored, and ValueError for a person whose erasure must be planned (`is_bound`).
        """
        self.require_something()
        if self.is_bound:
            raise ValueError("a member or coordinator is not erased at once")
        return [erased(self.person, reason, now)] if self.in_vault else []


class Erasure(BaseModel):
    """The record that a person's data was or will be deleted: the time and the reason, without the pseudonym."""

    reason: ErasureReason
    erased_at: datetime | None = None
    planned_on: date | None = None


class ErasureRequest(BaseModel):
    """A request to erase a person, which waits because the person is still a member or coordinator."""

    person: str
    reason: ErasureReason
    official: str | None
    requested_at: datetime
    due_on: date
    """The last day of the person's memberships. A coordinator is erased only after somebody else took over the role."""

    @classmethod
    def made(cls, person: str, reason: ErasureReason, official: str | None, now: datetime, rules: Rules) -> Self:
        """Return a new erasure request, due after the number of days that the installation sets."""
        due_on = brussels_day(now) + timedelta(days=rules.erasure_days)
        return cls(person=person, reason=reason, official=official, requested_at=now, due_on=due_on)


def erased(person: str, reason: ErasureReason, now: datetime) -> PersonErased:
    """Return the event PersonErased, for a person whose row was deleted from the vault."""
    return PersonErased(person_ref=person, reason=reason, erased_at=now)

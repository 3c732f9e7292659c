"""Decides whether a person's data may be deleted, and makes the event about it.

Invariant: the data of a member or coordinator is not deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from buurtsein_contracts import EventData
from buurtsein_contracts.events import PersonErased
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.problems import conflict, missing


class PersonData(BaseModel):
    """The personal data that the vault keeps of one person, besides the addresses of the memberships."""

    name: str
    email: str | None = None
    mobile: str
    enterprise_number: str | None = None
    """The enterprise number of a natural person; that of a legal person is stored in the membership."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that the registry stores about one person."""

    person: str
    in_vault: bool
    is_member: bool
    was_member: bool
    is_coordinator: bool

    def erase(self, reason: ErasureReason, now: datetime) -> Sequence[EventData]:
        """Check that a person's data may be deleted, and return PersonErased.

        Returns no event when only ended memberships are left and the vault has no data.

        Raises:
            DomainError: `still_member`, `still_coordinator`, or `person_unknown` when nothing is stored.
        """
        if self.is_member:
            raise conflict("still_member", "Dit kan pas als het lidmaatschap van elk netwerk beëindigd is.", ["leave"])
        if self.is_coordinator:
            detail = "Dit kan nog niet: deze persoon is coördinator. Politie of burgemeester beëindigt dat eerst."
            raise conflict("still_coordinator", detail, ["remove_coordinator"])
        if not (self.in_vault or self.was_member):
            raise missing("person_unknown", "Van deze persoon wordt niets bewaard.")
        return [erased(self.person, reason, now)] if self.in_vault else []


class Erasure(BaseModel):
    """The record that a person's data was deleted: when and why, but not whose."""

    erased_at: datetime
    reason: ErasureReason


def erased(person: str, reason: ErasureReason, now: datetime) -> PersonErased:
    """Return the event that a person's row was deleted from the vault."""
    return PersonErased(person_ref=person, reason=reason, erased_at=now)

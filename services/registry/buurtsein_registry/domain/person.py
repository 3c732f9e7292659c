"""When the registry may forget who somebody is, and what it then tells.

Invariant: whoever is still a member or a coordinator is not forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from buurtsein_contracts import EventData
from buurtsein_contracts.events import PersonErased
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.problems import conflict, missing


@dataclass(frozen=True, slots=True)
class Known:
    """What the registry has of one person."""

    person: str
    in_vault: bool
    is_member: bool
    was_member: bool
    is_coordinator: bool

    def erase(self, reason: ErasureReason, now: datetime) -> Sequence[EventData]:
        """PersonErased, or nothing when the vault forgot the person before, and only old memberships are left.

        DomainError `still_member`, `still_coordinator`; `person_unknown` when nothing is left.
        """
        if self.is_member:
            raise conflict("still_member", "Dit kan pas als het lidmaatschap van elk netwerk beëindigd is.", ["leave"])
        if self.is_coordinator:
            told = "Dit kan nog niet: deze persoon is coördinator. Politie of burgemeester beëindigt dat eerst."
            raise conflict("still_coordinator", told, ["remove_coordinator"])
        if not (self.in_vault or self.was_member):
            raise missing("person_unknown", "Van deze persoon wordt niets bewaard.")
        return [erased(self.person, reason, now)] if self.in_vault else []


class Erasure(BaseModel):
    """That somebody was erased: when and why, and not who."""

    erased_at: datetime
    reason: ErasureReason


def erased(person: str, reason: ErasureReason, now: datetime) -> PersonErased:
    """What is told when the row of a person leaves the vault."""
    return PersonErased(person_ref=person, reason=reason, erased_at=now)

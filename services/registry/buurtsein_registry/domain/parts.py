"""Defines the parts of a network: coordinators, recognition, suspension, end, and acts; persons are pseudonyms."""

from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.network import CoordinatorRole, EndReason, RemovalReason, SuspensionReason
from buurtsein_kernel.days import in_words
from buurtsein_kernel.problems import DomainError


class Coordinator(BaseModel):
    """A coordinator whom the police found suitable; only the date of the screening is stored."""

    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class Recognition(BaseModel):
    """The recognition by the FOD Binnenlandse Zaken, with its first and last day."""

    start: date
    end: date | None = None
    renewal_on: date | None = None
    """The day from which a renewal must be asked."""
    reference: str
    document_sha256: str | None = None
    """The SHA-256 of the letter in which the FOD recognised the network."""

    def check_dates(self) -> None:
        """Raise `end_before_start`, or `renewal_outside_recognition` for a renewal day that is not in between."""
        if self.end and self.end < self.start:
            raise DomainError("end_before_start", "De erkenning kan niet eindigen voor ze begint.")
        if self.renewal_on and not self.in_force(self.renewal_on):
            detail = "De datum van hernieuwing ligt niet tussen het begin en het einde van de erkenning."
            raise DomainError("renewal_outside_recognition", detail)

    def in_force(self, day: date) -> bool:
        """Return whether the recognition has begun by this day and has not ended."""
        return self.start <= day and (self.end is None or day <= self.end)

    def renewal_due(self, day: date) -> bool:
        """Return whether a renewal must be asked on this day."""
        return self.renewal_on is not None and self.renewal_on <= day

    def followed_by(self, renewal: Self) -> Self:
        """Return the recognition after its renewal: it keeps its first day unless there is a gap of a day or more."""
        without_gap = self.end is None or renewal.start <= self.end + timedelta(days=1)
        return renewal.model_copy(update={"start": min(self.start, renewal.start)}) if without_gap else renewal

    def in_dutch(self) -> str:
        """Return the first and last day of the recognition, as a part of a Dutch sentence."""
        end = f" en eindigt op {in_words(self.end)}" if self.end else ""
        return f"de erkenning begint op {in_words(self.start)}{end}"


class Suspension(BaseModel):
    """The suspension of a recognition by the FOD, which lasts until the FOD lifts it."""

    reason: SuspensionReason
    start: date
    reference: str


class End(BaseModel):
    """The end of a network."""

    reason: EndReason
    merged_into: UUID | None = None
    ended_on: date


APPEAL_DAYS = 21
"""The number of days in which a removed coordinator may appeal: three weeks, by the house rules of the FOD."""
_NO_APPEAL = frozenset({RemovalReason.RESIGNED, RemovalReason.MOVED, RemovalReason.DECEASED})


def appeal_until(reason: RemovalReason, removed_on: date) -> date | None:
    """Return the last day on which a removed coordinator may appeal; None when the reason allows no appeal."""
    return None if reason in _NO_APPEAL else removed_on + timedelta(days=APPEAL_DAYS)


type Deed = Literal[
    "apply",
    "submit",
    "approve",
    "reject",
    "send_to_fod",
    "recognise",
    "return_charter",
    "renew",
    "amend",
    "suspend",
    "reinstate",
    "end",
]


class Act(BaseModel):
    """A person's action on a network: the person (pseudonym), the time, and the newest version of the charter then.

    An action that was entered from a letter has the SHA-256 of that document.
    """

    action: Deed
    actor: str
    acted_at: datetime
    charter_version: int | None = None
    document_sha256: str | None = None

"""Defines the parts of a network: charter, coordinators, recognition, and acts; persons are named by pseudonym."""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_kernel.days import in_words


class Charter(BaseModel):
    """The local charter; each change makes a new version."""

    version: int
    communication_plan: str
    budget_plan: str
    signed_by: str
    signed_on: date


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
    reference: str

    def in_force(self, day: date) -> bool:
        """Return whether the recognition has begun by this day and has not ended."""
        return self.start <= day and (self.end is None or day <= self.end)

    def in_dutch(self) -> str:
        """Return the first and last day of the recognition, as a part of a Dutch sentence."""
        end = f" en eindigt op {in_words(self.end)}" if self.end else ""
        return f"de erkenning begint op {in_words(self.start)}{end}"


APPEAL_DAYS = 21
"""The number of days in which a removed coordinator may appeal: three weeks, by the house rules of the FOD."""
_NO_APPEAL = frozenset({RemovalReason.RESIGNED, RemovalReason.MOVED, RemovalReason.DECEASED})


def appeal_until(reason: RemovalReason, removed_on: date) -> date | None:
    """Return the last day on which a removed coordinator may appeal; None when the reason allows no appeal."""
    return None if reason in _NO_APPEAL else removed_on + timedelta(days=APPEAL_DAYS)


type Deed = Literal["submit", "reject", "send_to_fod", "return_charter"]


class Act(BaseModel):
    """A person's action on a network about which no event is sent: the person (pseudonym) and the time."""

    action: Deed
    actor: str
    acted_at: datetime

"""What the file of a network says: charter, coordinators, recognition, and who did what; persons by pseudonym."""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_kernel.days import in_words


class Charter(BaseModel):
    """The local charter; any change makes a new version."""

    version: int
    communication_plan: str
    budget_plan: str
    signed_by: str
    signed_on: date


class Coordinator(BaseModel):
    """Somebody the police found suitable; of the screening only outcome and date are kept."""

    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class Recognition(BaseModel):
    """The answer of FOD Binnenlandse Zaken."""

    start: date
    end: date | None = None
    reference: str

    def in_force(self, day: date) -> bool:
        """Whether it has begun and is not over."""
        return self.start <= day and (self.end is None or day <= self.end)

    def said(self) -> str:
        """Its dates in Dutch."""
        end = f" en eindigt op {in_words(self.end)}" if self.end else ""
        return f"de erkenning begint op {in_words(self.start)}{end}"


APPEAL_DAYS = 21
"""In which a removed coordinator may appeal (house rules of the FOD: three weeks)."""
_NO_APPEAL = frozenset({RemovalReason.RESIGNED, RemovalReason.MOVED, RemovalReason.DECEASED})


def appeal_until(reason: RemovalReason, removed_on: date) -> date | None:
    """The last day on which a removed coordinator may appeal; None when there is nothing to appeal against."""
    return None if reason in _NO_APPEAL else removed_on + timedelta(days=APPEAL_DAYS)


type Deed = Literal["submit", "reject", "send_to_fod", "return_charter"]


class Act(BaseModel):
    """A step that no event tells: by whom (pseudonym), and when."""

    action: Deed
    actor: str
    acted_at: datetime

"""Defines the parts of a network: coordinators, mandates, recognition, suspension, end and acts.

Persons are named by pseudonym.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.network import CoordinatorRole, EndReason, RemovalReason, SuspensionReason
from buurtsein_kernel.days import in_words
from buurtsein_kernel.problems import DomainError, Value, Word, conflict


class Coordinator(BaseModel):
    """A coordinator whom the police found suitable; only the date of the screening is stored."""

    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class Appeal(BaseModel):
    """The appeal of a removed coordinator against the removal; the text of the appeal is not stored."""

    lodged_on: date
    entered_by: str
    decided_on: date | None = None
    decided_by: str | None = None
    upheld: bool | None = None
    """Whether the authority agreed with the coordinator; None until it decided."""


class RemovalStatus(StrEnum):
    """The status of a coordinator's removal on a day, such as open to appeal."""

    VOLUNTARY = "voluntary"
    """The reason allows no appeal."""
    APPEAL_POSSIBLE = "appeal_possible"
    APPEAL_LODGED = "appeal_lodged"
    REINSTATED = "reinstated"
    """The appeal was upheld."""
    FINAL = "final"
    """The appeal was rejected, or the last day to appeal is over."""


class PastCoordinator(Coordinator):
    """A former coordinator of a network: the person, the role, and the day and reason of the removal."""

    removed_on: date
    removed_by: str
    reason: RemovalReason | None = None
    """None for a co-coordinator who became main coordinator."""
    heard_on: date | None = None
    """The day on which the korpschef heard the coordinator."""
    appeal_until: date | None = None
    """The last day on which the person may appeal; None when the reason allows no appeal."""
    appeal: Appeal | None = None

    def status(self, day: date) -> RemovalStatus:
        """Return the status of this coordinator's removal on a day, such as open to appeal."""
        if self.appeal_until is None:
            return RemovalStatus.VOLUNTARY
        if self.appeal is None:
            return RemovalStatus.APPEAL_POSSIBLE if day <= self.appeal_until else RemovalStatus.FINAL
        if self.appeal.upheld is None:
            return RemovalStatus.APPEAL_LODGED
        return RemovalStatus.REINSTATED if self.appeal.upheld else RemovalStatus.FINAL


class Mandate(BaseModel):
    """A police officer (pseudonym) whom the korpschef appointed to guide the network, from a day until a day."""

    officer: str
    mandated_on: date
    mandated_by: str
    released_on: date | None = None
    released_by: str | None = None


class Recognition(BaseModel):
    """The recognition of a network by the FOD (Belgian ministry of the Interior), with its first and last day."""

    start: date
    end: date | None = None
    renewal_on: date | None = None
    """The day from which a renewal must be asked."""
    reference: str
    document_sha256: str | None = None
    """The SHA-256 of the letter in which the FOD recognised the network."""
    conditions: str | None = None
    """The conditions in that letter."""

    def check_dates(self) -> None:
        """Raise `end_before_start`, or `renewal_outside_recognition` if the renewal day is outside the period."""
        if self.end and self.end < self.start:
            raise DomainError("end_before_start", "De erkenning kan niet eindigen voor ze begint.")
        if self.renewal_on and not self.in_force(self.renewal_on):
            detail = "De datum van hernieuwing ligt niet tussen het begin en het einde van de erkenning."
            raise DomainError("renewal_outside_recognition", detail)

    def in_force(self, day: date) -> bool:
        """Return whether the recognition has begun by this day and has not ended."""
        return self.start <= day and (self.end is None or day <= self.end)

    def renewal_due(self, day: date) -> bool:
        """Return whether the network must ask for a renewal of the recognition on this day."""
        return self.renewal_on is not None and self.renewal_on <= day

    def followed_by(self, renewal: Self, day: date) -> Self:
        """Return the renewed recognition; it keeps the first day of the old one unless there is a gap between them.

        Raises DomainError `renewal_leaves_gap` when there is a gap and the old recognition is not over on `day`, the
        day of the entry. A network has one recognition at a time, so it would lose the old one at once.
        """
        if self.end is None or renewal.start <= self.end + timedelta(days=1):
            return renewal.model_copy(update={"start": min(self.start, renewal.start)})
        if day <= self.end:
            raise leaves_gap(self.end)
        return renewal

    def in_dutch(self) -> str:
        """Return the recognition's first and last day in Dutch words, for use in a sentence."""
        end = f" en eindigt op {in_words(self.end)}" if self.end else ""
        return f"de erkenning begint op {in_words(self.start)}{end}"

    def in_words(self) -> dict[str, Value]:
        """Return the values for the same sentence in the catalogues of other languages."""
        if self.end is None:
            return {"when": Word("recognition", "from"), "start": self.start}
        return {"when": Word("recognition", "from_until"), "start": self.start, "end": self.end}


def leaves_gap(end: date) -> DomainError:
    """Return the error for a renewal that begins later than the day after `end`, the last day of the recognition."""
    detail = (
        f"Dit kan nog niet: de erkenning loopt tot en met {in_words(end)} en de hernieuwing sluit daar niet op aan. "
        "Voer de hernieuwing in na die dag."
    )
    return conflict("renewal_leaves_gap", detail, end=end)


class Suspension(BaseModel):
    """The suspension of a network's recognition by the FOD (ministry of the Interior), until the FOD lifts it."""

    reason: SuspensionReason
    start: date
    reference: str


class End(BaseModel):
    """The end of a network: the reason, the day, and after a merger the network that it merged into."""

    reason: EndReason
    merged_into: UUID | None = None
    ended_on: date


type Deed = Literal[
    "apply",
    "submit",
    "approve",
    "reject",
    "send_to_fod",
    "recognise",
    "take_over",
    "return_charter",
    "renew",
    "amend",
    "suspend",
    "reinstate",
    "end",
    "confirm_active",
    "write_evaluation",
    "sign_evaluation",
]


class Act(BaseModel):
    """A person's action on a network: the person (pseudonym), the time, and the newest charter version at that time.

    An action that was entered from a letter has the SHA-256 of that document.
    """

    action: Deed
    actor: str
    acted_at: datetime
    charter_version: int | None = None
    document_sha256: str | None = None

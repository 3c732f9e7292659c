"""Defines an enquiry: a question of somebody outside to the coordinators of a network.

Invariant: the question and the sender's contact data are stored encrypted, and are not a part of `Enquiry`.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_kernel.actions import require_allowed
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.problems import DomainError, Word, conflict, missing
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.domain.tokens import is_token


class EnquiryStatus(StrEnum):
    """The status of an enquiry: open, answered, or spam."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    SPAM = "SPAM"


ACTIONS = {"close": frozenset({EnquiryStatus.OPEN})}
"""The statuses of an enquiry in which each action is possible."""


class EnquiryPlace(NamedTuple):
    """The place of an enquiry in the list of a network: open ones come first, then the newest first."""

    is_open: bool
    enquiry_id: UUID


class Asked(BaseModel):
    """The question of a sender, with the sender's e-mail address, phone number, or both."""

    text: str
    email: str | None = None
    phone: str | None = None


class Enquiry(BaseModel):
    """One enquiry, without the question and the sender's contact data."""

    enquiry_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    sent_at: datetime
    consent_version: str
    """The version of the text that the person accepted, at the moment `sent_at`."""
    status: EnquiryStatus = EnquiryStatus.OPEN
    closed_at: datetime | None = None
    closed_by: str | None = None
    """The pseudonym of the coordinator who closed it."""
    version: int = 1

    @property
    def place(self) -> EnquiryPlace:
        """Return the place of the enquiry in the list of its network; ids rise with time."""
        return EnquiryPlace(self.closed_at is None, self.enquiry_id)

    def close(self, outcome: EnquiryStatus, actor: str, now: datetime) -> None:
        """Mark an open enquiry as answered or as spam; raise `transition_refused` for one that is closed."""
        said = "Dit kan niet meer: deze vraag is al afgehandeld."
        require_allowed(ACTIONS, "close", self.status, said, Word("enquiry", "closed"))
        self.status, self.closed_at, self.closed_by = outcome, now, actor


def require_room(open_ones: int, of_last_day: int, rules: Rules) -> None:
    """Raise `too_many_enquiries` when a network has as many open or recent enquiries as the installation allows."""
    if open_ones >= rules.max_open_enquiries or of_last_day >= rules.max_enquiries_per_day:
        raise conflict("too_many_enquiries", "Dit netwerk kreeg te veel vragen. Probeer het later opnieuw.")


WITHDRAW = "withdraw enquiry"
"""The purpose of the token with which the sender withdraws an enquiry."""


def require_token(given: str, enquiry_id: UUID, keyring: Keyring) -> None:
    """Raise DomainError `enquiry_unknown` unless `given` is a token for withdrawing this enquiry."""
    if not is_token(given, WITHDRAW, enquiry_id, keyring):
        raise unknown()


def unknown() -> DomainError:
    """Return the error `enquiry_unknown`, for an enquiry that does not exist or that the caller may not see."""
    return missing("enquiry_unknown", "Deze vraag bestaat niet.")

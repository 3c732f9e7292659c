"""Defines the record of each time that somebody read a person's data in the vault.

Invariant: an official always gives a reason.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from buurtsein_kernel.problems import DomainError

OWN = "self"
"""The role of persons who read their own data."""
SHORTEST_REASON = 5


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who reads personal data: the pseudonym, the role that allows it, and the reason if one is required."""

    person: str
    role: str
    reason: str | None = None


class VaultRead(BaseModel):
    """The record of one read of a person's data: when, in which role, and for which reason."""

    read_at: datetime
    reader: str
    role: str
    reason: str | None = None


def require_reason(reason: str | None) -> str:
    """Return an official's reason without surrounding blanks; raise DomainError `reason_missing` when it is empty."""
    given = (reason or "").strip()
    if len(given) < SHORTEST_REASON:
        raise DomainError("reason_missing", "Geef de reden waarom u deze gegevens leest.")
    return given

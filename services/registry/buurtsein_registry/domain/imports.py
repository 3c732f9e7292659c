"""Defines the record that a row of another list was imported; no row is imported twice, whoever sends the row.

Invariant: the record has no personal data, and stays when the person is erased, so that no later import of the same
list brings the person back.
"""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError

OWN_SYSTEM = "buurtsein"
"""The name of the lists that the registry exports; in these lists, numbers are codes of networks or ids of members."""


NETWORKS = "networks"
"""The scope of rows that became networks."""


class Imported(BaseModel):
    """The record that a row of another list was imported, with the id of the network or membership made from it."""

    scope: str
    """NETWORKS, or the id of the network to which a member was added; a row is imported once in each scope."""
    system: str
    number: str
    became: UUID
    actor: str
    reason: str | None = None
    """Why it was entered; None for a member, whose reason is kept encrypted with the reads of the vault."""
    imported_at: datetime


def require_past(consented_on: date, now: datetime) -> None:
    """Raise DomainError `consent_in_future` when the day on which a person agreed is in the future."""
    if consented_on > brussels_day(now):
        raise DomainError("consent_in_future", "De dag van de toestemming moet voorbij zijn.")

"""Defines the versions of a network's charter, the local agreement; persons are named by pseudonym.

Invariant: a version keeps its text, its approvals and its refusal for ever. Each change of the text is a new version.
"""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import AmendedPart, Approval, ApproverRole

PARTS_IN_DUTCH = {
    "contacts": "de contactgegevens met een coördinator",
    "communication_plan": "het communicatieplan",
    "budget_plan": "het budgetplan",
}
"""The Dutch words for each of the three parts of a charter."""


class ContactRole(StrEnum):
    """The role of a contact in the charter."""

    COORDINATOR = "coordinator"
    CO_COORDINATOR = "co-coordinator"
    MANDATED_OFFICER = "mandated_officer"
    POLICE = "police"
    CITY = "city"


class Contact(BaseModel):
    """A contact of the network: a role and, for a person of the network or the police, a pseudonym."""

    role: ContactRole
    person: str | None = None


class CharterParts(BaseModel):
    """The three parts of a charter, and the SHA-256 of the signed document."""

    contacts: list[Contact] = []
    communication_plan: str
    budget_plan: str
    document_sha256: str | None = None


class RefusedBy(StrEnum):
    """The office that refused a version of the charter."""

    KORPSCHEF = "korpschef"
    BURGEMEESTER = "burgemeester"
    FOD = "fod"


class Refusal(BaseModel):
    """The refusal of one version of the charter; for versions stored long ago, who refused may be unknown."""

    by: RefusedBy | None = None
    reason: str
    actor: str | None = None
    refused_on: date | None = None


class Changes(BaseModel):
    """The changes to the network that take effect with a new charter version; a field without a change is None."""

    name: str | None = None
    area: Area | None = None
    postcodes: list[str] | None = None
    streets: list[str] | None = None
    dwellings: int | None = None

    @property
    def of_area(self) -> bool:
        """Return whether the polygon, postcodes, streets or number of dwellings change."""
        return any(one is not None for one in (self.area, self.postcodes, self.streets, self.dwellings))


class Charter(CharterParts):
    """One version of the charter, which the coordinator signed and the authorities approved or refused."""

    version: int
    signed_by: str | None = None
    """The person who signed for the neighbourhood; None for a network that was taken over with a paper charter."""
    signed_on: date
    changes: Changes = Changes()
    changed: list[AmendedPart] = []
    """What an amendment changed; empty for a charter of an application."""
    approvals: list[Approval] = []
    conditions: dict[ApproverRole, str] = {}
    """Under which conditions an office approved, for an approval with conditions."""
    refusal: Refusal | None = None

    @property
    def is_approved(self) -> bool:
        """Return whether korpschef and burgemeester approved this version, and nobody refused it."""
        return len(self.approvals) == len(ApproverRole) and self.refusal is None

    def missing_parts(self) -> dict[str, str]:
        """Return the parts without which the charter cannot be submitted, by name, with their Dutch words."""
        has_coordinator = any(one.role is ContactRole.COORDINATOR and one.person for one in self.contacts)
        given = {
            "contacts": has_coordinator,
            "communication_plan": bool(self.communication_plan),
            "budget_plan": bool(self.budget_plan),
        }
        return {part: words for part, words in PARTS_IN_DUTCH.items() if not given[part]}

    def changed_since(self, earlier: CharterParts) -> list[AmendedPart]:
        """Return the parts of this charter version that differ from an earlier version."""
        differs = {
            AmendedPart.NAME: self.changes.name is not None,
            AmendedPart.AREA: self.changes.of_area,
            AmendedPart.CONTACTS: self.contacts != earlier.contacts,
            AmendedPart.COMMUNICATION_PLAN: self.communication_plan != earlier.communication_plan,
            AmendedPart.BUDGET_PLAN: self.budget_plan != earlier.budget_plan,
        }
        return [part for part, differ in differs.items() if differ]

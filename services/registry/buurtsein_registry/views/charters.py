"""Makes the response that shows the versions of a network's charter."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import Approval
from buurtsein_registry.domain import charter
from buurtsein_registry.domain.charter import ContactRole, RefusedBy
from buurtsein_registry.domain.network import Network


class Contact(BaseModel):
    """A contact in the charter: a role and, for a person of the network or the police, the person's pseudonym."""

    role: ContactRole
    person: str | None = None


class Signature(BaseModel):
    """A signature under a charter version: by the coordinator who signed it or by an authority that approved it."""

    party: Literal["coordinator", "korpschef", "burgemeester"]
    person: str | None = None
    """The pseudonym; absent for a paper charter of a network that was taken over."""
    signed_on: date
    conditions: str | None = None
    """Under which conditions an authority approved."""


class Refusal(BaseModel):
    """The refusal of a charter version, with the reason; for old versions, who refused may be unknown."""

    by: RefusedBy | None = None
    reason: str
    actor: str | None = None
    refused_on: date | None = None


class Charter(BaseModel):
    """One version of the charter, with its three parts, signatures and refusal; it is kept for ever."""

    version: int
    in_force: bool
    contacts: list[Contact]
    communication_plan: str
    budget_plan: str
    document_sha256: str | None = None
    name: str | None = None
    """The new name of the network, when this version changes it; likewise area and postcodes."""
    area: Area | None = None
    postcodes: list[str] | None = None
    streets: list[str] | None = None
    dwellings: int | None = None
    signed_by: str | None = None
    signed_on: date
    signatures: list[Signature]
    refusal: Refusal | None = None


class Charters(BaseModel):
    """All versions of a network's charter, oldest first."""

    items: list[Charter]


def charters_of(network: Network) -> Charters:
    """Return the response that shows all versions of a network's charter."""
    return Charters(items=[charter_of(one, network) for one in network.charters])


def charter_of(given: charter.Charter, network: Network) -> Charter:
    """Return the response that shows one version of a network's charter."""
    signed = [_signature(one, given.conditions.get(one.role)) for one in given.approvals]
    coordinator = Signature(party="coordinator", person=given.signed_by, signed_on=given.signed_on)
    return Charter(
        version=given.version,
        in_force=given == network.charter_in_force,
        contacts=[Contact(role=one.role, person=one.person) for one in given.contacts],
        communication_plan=given.communication_plan,
        budget_plan=given.budget_plan,
        document_sha256=given.document_sha256,
        name=given.changes.name,
        area=given.changes.area,
        postcodes=given.changes.postcodes,
        streets=given.changes.streets,
        dwellings=given.changes.dwellings,
        signed_by=given.signed_by,
        signed_on=given.signed_on,
        signatures=[coordinator, *signed],
        refusal=Refusal.model_validate(given.refusal.model_dump()) if given.refusal else None,
    )


def _signature(approval: Approval, conditions: str | None) -> Signature:
    party, person, signed_on = approval.role.value, approval.actor, approval.decided_on
    return Signature(party=party, person=person, signed_on=signed_on, conditions=conditions)

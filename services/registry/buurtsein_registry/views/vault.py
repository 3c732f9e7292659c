"""Makes the responses with personal data: for officials, for coordinators, and for the person concerned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from buurtsein_kernel.keyring import Keyring
from buurtsein_registry import handlers
from buurtsein_registry.commands import Address
from buurtsein_registry.domain.membership import leaving_token
from buurtsein_registry.domain.public_contact import ConsentedContact


class Contact(BaseModel):
    """A member's name, mobile number and e-mail, for the coordinators of the network; without the address."""

    person: str
    name: str
    mobile: str
    email: str | None = None


class MemberContact(Contact):
    """How a coordinator reaches a member."""

    member_id: UUID
    leaving_token: str | None = None
    """The token for a link in messages with which a member without an account leaves in one step."""


class Contacts(BaseModel):
    """The active members of one network."""

    items: list[MemberContact]


class PersonAddress(BaseModel):
    """The address of one membership."""

    member_id: UUID
    network_id: UUID
    address: Address | None = None


class PersonShown(Contact):
    """What the vault keeps of one person, for police and city."""

    enterprise_number: str | None = None
    memberships: list[PersonAddress]


class ReadShown(BaseModel):
    """One read of a person's data, as the person sees it, without the name or pseudonym of the reading official."""

    read_at: datetime
    role: str
    """`self` for the person, else the role of the reader, such as `officer` or `coordinator`."""
    reason: str | None = None


class Corrected(BaseModel):
    """The response to a correction; it has no personal data, because responses are stored for repeated requests."""

    corrected: bool = True


class Reads(BaseModel):
    """The list of reads of a person's data, as the person sees it."""

    items: list[ReadShown]


class PartInNetwork(BaseModel):
    """The role of a person in a network: `applicant` or `coordinator`."""

    network_id: UUID
    part: str


class OwnMembership(BaseModel):
    """A membership as it is stored, with the address."""

    stored: dict[str, Any]
    address: Address | None = None


class OwnContact(ConsentedContact):
    """A public contact of the person, with the id of the network for which it is shown."""

    network_id: UUID


class OwnData(BaseModel):
    """All data that the registry stores about a person, in the response to that person."""

    person: str
    data: dict[str, Any] | None
    """Name, e-mail, mobile and the like, as they are stored; nothing when the vault has no data."""
    memberships: list[OwnMembership]
    networks: list[PartInNetwork]
    reads: list[ReadShown]
    public_contacts: list[OwnContact] = []


def contacts_of(found: list[handlers.Personal], network_id: UUID, keyring: Keyring) -> Contacts:
    """Return the response with the members of a network."""
    live = [(one, member) for one in found for member in one.memberships if member.left_at is None]
    return Contacts(
        items=[
            MemberContact(
                person=one.person,
                member_id=member.member_id,
                leaving_token=leaving_token(member, keyring),
                **_contact(one),
            )
            for one, member in live
            if member.network_id == network_id
        ]
    )


def person_of(found: handlers.Personal) -> PersonShown:
    """Return the response with the data of one person."""
    memberships = [
        PersonAddress(member_id=one.member_id, network_id=one.network_id, address=found.addresses.get(one.member_id))
        for one in found.memberships
    ]
    number = found.data.enterprise_number
    return PersonShown(person=found.person, enterprise_number=number, memberships=memberships, **_contact(found))


def everything_of(found: handlers.Everything) -> OwnData:
    """Return the response with all that is stored about a person."""
    memberships = [
        OwnMembership(stored=one.model_dump(mode="json"), address=found.addresses.get(one.member_id))
        for one in found.memberships
    ]
    return OwnData(
        person=found.person,
        data=found.data.model_dump(mode="json") if found.data else None,
        memberships=memberships,
        networks=[PartInNetwork(network_id=network_id, part=part) for network_id, part in found.offices],
        reads=reads_of(found).items,
        public_contacts=[
            OwnContact(network_id=network_id, **shown.model_dump())
            for network_id, shown in found.public_contacts.items()
        ],
    )


def reads_of(found: handlers.Everything) -> Reads:
    """Return the response that lists the reads of a person's data, the latest first."""
    shown = [ReadShown(read_at=one.read_at, role=one.role, reason=one.reason) for one in found.reads]
    return Reads(items=shown[::-1])


def _contact(found: handlers.Personal) -> dict[str, Any]:
    return found.data.model_dump(include={"name", "mobile", "email"})

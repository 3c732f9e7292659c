"""Declares the register of the members of one network, with names and addresses, for the police.

Its columns are those that `buurtsein import members` reads.
"""

from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.lists import Listing
from buurtsein_kernel.days import brussels_day
from buurtsein_registry import handlers
from buurtsein_registry.commands import Address
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.person import PersonData


class RegisteredMember(BaseModel):
    """One member of a network, with the personal data that the vault keeps."""

    code: str
    member: Member
    data: PersonData
    address: Address | None


REGISTER = Listing[RegisteredMember](
    name="register",
    table="",
    select="",
    key="",
    orders={},
    cells={
        "netwerk": lambda shown: shown.code,
        "nummer": lambda shown: shown.member.member_id,
        "naam": lambda shown: shown.data.name,
        "gsm": lambda shown: shown.data.mobile,
        "email": lambda shown: shown.data.email,
        "straat": lambda shown: shown.address and shown.address.street,
        "huisnummer": lambda shown: shown.address and shown.address.house_number,
        "bus": lambda shown: shown.address and shown.address.box,
        "postcode": lambda shown: shown.address and shown.address.postcode,
        "adres_id": lambda shown: shown.address and shown.address.address_id,
        "vestigingsnummer": lambda shown: shown.address and shown.address.establishment_number,
        "soort": lambda shown: shown.member.kind,
        "ondernemingsnummer": lambda shown: shown.member.enterprise_number or shown.data.enterprise_number,
        "rechtspersoon": lambda shown: shown.member.enterprise_number is not None,
        "taal": lambda shown: shown.member.language,
        "kanalen": lambda shown: shown.member.channels,
        "meerderjarig": lambda _: True,
        "toestemming": lambda shown: shown.member.consent_version,
        "toestemming_op": lambda shown: shown.member.consented_at and brussels_day(shown.member.consented_at),
        "status": lambda shown: shown.member.status,
        "lid_sinds": lambda shown: shown.member.joined_at,
    },
)


def registered(code: str, network_id: UUID, found: handlers.Personal) -> list[RegisteredMember]:
    """Return a person's memberships in one network that have not ended, in the form of the register."""
    return [
        RegisteredMember(code=code, member=one, data=found.data, address=found.addresses.get(one.member_id))
        for one in found.memberships
        if one.network_id == network_id and one.joined_at and one.left_at is None
    ]

"""Defines the commands on memberships; each is the body of one request."""

from typing import Literal, Self

import phonenumbers
from phonenumbers import PhoneNumberType
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_kernel.commands import Command
from buurtsein_registry.commands.addresses import Address
from buurtsein_registry.commands.fields import EmailAddress, EnterpriseNumber, PersonName, PhoneNumber, Version

_GETS_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class JoinNetwork(Command):
    """A person's request to become a member; the personal data is stored in the registry's vault only."""

    kind: MemberKind
    name: PersonName
    email: EmailAddress | None = None
    mobile: PhoneNumber
    address: Address
    adult: Literal[True]
    consent_version: Version
    language: Language = Language.NL
    channels: list[Channel] = Field(min_length=1, max_length=3)
    enterprise_number: EnterpriseNumber | None = None
    legal_person: bool = False

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        """Check that each chosen channel has an address or number."""
        if Channel.EMAIL in self.channels and self.email is None:
            raise PydanticCustomError("email_missing", "Het kanaal e-mail vraagt een e-mailadres.")
        if Channel.SMS in self.channels and _type_of(self.mobile) not in _GETS_SMS:
            raise PydanticCustomError("no_sms_number", "Het kanaal sms vraagt een gsm-nummer.")
        return self


class ContactFailed(Command):
    """A message that a member could not be reached by a channel."""

    channel: Channel


class Leave(Command):
    """A request to end a membership, with the reason."""

    reason: LeavingReason = LeavingReason.LEFT


def _type_of(number: str) -> int:
    return phonenumbers.number_type(phonenumbers.parse(number))

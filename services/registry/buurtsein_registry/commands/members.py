"""Defines the commands on memberships; each is the body of one request."""

from datetime import date
from typing import Annotated, Literal, Self

import phonenumbers
from phonenumbers import PhoneNumberType
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind, SanctionReason
from buurtsein_kernel.commands import Command
from buurtsein_kernel.hours import Hour
from buurtsein_registry.commands.addresses import Address, GivenAddress
from buurtsein_registry.commands.fields import EmailAddress, EnterpriseNumber, PersonName, PhoneNumber, Reason, Version

_GETS_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class QuietHours(Command):
    """The hours of each day, in Belgian time, in which a member gets only urgent messages; may include midnight."""

    start: Hour
    end: Hour


class Absence(Command):
    """A period of days in which a member is away and wants no messages."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise PydanticCustomError("absence", "De afwezigheid kan niet eindigen voor ze begint.")
        return self


class JoinNetwork(Command):
    """A person's request to become a member; the personal data is stored in the registry's vault only."""

    kind: MemberKind
    name: PersonName
    email: EmailAddress | None = None
    mobile: PhoneNumber
    address: GivenAddress
    adult: Literal[True]
    consent_version: Version
    language: Language = Language.NL
    channels: list[Channel] = Field(min_length=1, max_length=3)
    quiet_hours: QuietHours | None = None
    enterprise_number: EnterpriseNumber | None = None
    legal_person: bool = False
    asks_exception: bool = False
    """Whether the police are asked to allow an address outside the area, or one that the register does not have."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        """Check that the request contains a phone number or e-mail address for each chosen channel."""
        if Channel.EMAIL in self.channels and self.email is None:
            raise PydanticCustomError("email_missing", "Het kanaal e-mail vraagt een e-mailadres.")
        if Channel.SMS in self.channels and not gets_sms(self.mobile):
            raise PydanticCustomError("no_sms_number", "Het kanaal sms vraagt een gsm-nummer.")
        return self


class ContactFailed(Command):
    """A request that reports that a member could not be reached by a channel, such as SMS."""

    channel: Channel


class JoinAtAddress(JoinNetwork):
    """A request to become a member, after the registry has looked the address up."""

    address: Address


class DecideOnMember(Command):
    """The decision of a coordinator or the police on the request of a person to become a member."""

    decision: Literal["accept", "refuse"]
    reason: Reason | None = None


class ChangePreferences(Command):
    """How and when a member wants to get messages."""

    language: Language
    channels: list[Channel] = Field(min_length=1, max_length=3)
    quiet_hours: QuietHours | None = None
    absence: Absence | None = None


class Warn(Command):
    """A written warning to a member."""

    reason: SanctionReason


class SuspendMember(Command):
    """The suspension of a member, with its last day."""

    reason: SanctionReason
    until: date


class ProposeExclusion(Command):
    """The proposal of a coordinator to exclude a member."""

    reason: SanctionReason


class Leave(Command):
    """A request to end a membership, with the reason."""

    reason: Literal[LeavingReason.LEFT, LeavingReason.MOVED, LeavingReason.DECEASED] = LeavingReason.LEFT


class LeaveByToken(Command):
    """A request of a member without an account to leave, with the token from a message of the network."""

    leaving_token: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def gets_sms(number: str) -> bool:
    """Return whether a phone number in E.164 form can get SMS messages."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in _GETS_SMS

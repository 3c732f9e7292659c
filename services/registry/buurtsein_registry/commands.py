"""Defines the commands of the registry; each is the body of one request."""

from datetime import date
from typing import Annotated, Any, Literal, Self

import phonenumbers
from phonenumbers import PhoneNumberType
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from stdnum.be import vat

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.geography import Area, Latitude, Longitude, Postcode
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_contracts.events.network import CoordinatorRole, NetworkKind, RemovalReason
from buurtsein_kernel import addresses
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.commands import Command
from buurtsein_kernel.problems import DomainError
from buurtsein_kernel.text import EMAIL, Latin, Name, Plain, straightened
from buurtsein_registry.domain.screening import Outcome

_GETS_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def _cleaned_area(document: Any) -> Any:
    """Return the cleaned GeoJSON; raise DomainError `area_invalid` with the reason.

    The error is not a validation error of the field, so that the reason is the detail of the whole response.
    """
    try:
        return cleaned(document)
    except NoArea as refused:
        raise DomainError("area_invalid", refused.dutch) from refused


_LONGEST_NUMBER = 100
"""Only this many characters of a number are read, because longer texts are not numbers."""


def _enterprise_number(text: str) -> str:
    """Return an enterprise number as ten digits, without punctuation and prefix; refuse a wrong check number."""
    number: str = vat.compact(straightened(text[:_LONGEST_NUMBER]))
    if not vat.is_valid(number):
        raise PydanticCustomError("enterprise_number", "Dit is geen ondernemingsnummer.")
    return number


def _phone_number(text: str) -> str:
    """Return the phone number in E.164 form; a number without a country code is Belgian."""
    try:
        number = phonenumbers.parse(straightened(text[:_LONGEST_NUMBER]), "BE")
    except phonenumbers.NumberParseException as error:
        raise PydanticCustomError("phone_number", "Dit is geen telefoonnummer.") from error
    if not phonenumbers.is_valid_number(number):
        raise PydanticCustomError("phone_number", "Dit is geen telefoonnummer.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _box(text: Any) -> Any:
    try:
        return addresses.box(text) if isinstance(text, str) else text
    except ValueError:
        raise PydanticCustomError("box", "Dit is geen busnummer.") from None


DrawnArea = Annotated[Area, BeforeValidator(_cleaned_area)]
"""GeoJSON from any program (with heights, `bbox`, or as a Feature), cleaned to the form of events and messages."""
EnterpriseNumber = Annotated[str, AfterValidator(_enterprise_number)]
PhoneNumber = Annotated[str, AfterValidator(_phone_number)]
EmailAddress = Annotated[str, EMAIL, Name]
BoxNumber = Annotated[str, Field(max_length=10, pattern=r"^[A-Z0-9./-]+$"), BeforeValidator(_box)]
Plan = Annotated[str, Field(min_length=10, max_length=5000), Plain]
Reason = Annotated[str, Field(min_length=5, max_length=1000), Plain]
Version = Annotated[str, Field(min_length=1, max_length=20), Name]


class ApplyForNetwork(Command):
    """An application of a neighbourhood to become a network."""

    name: Annotated[str, Field(min_length=3, max_length=100), Name, Latin]
    kind: NetworkKind
    area: DrawnArea
    postcodes: list[Postcode] = Field(min_length=1, max_length=20)


class SignCharter(Command):
    """A local charter with its two plans, to be signed."""

    communication_plan: Plan
    budget_plan: Plan


class Decide(Command):
    """A decision of chief of police (korpschef) or mayor (burgemeester) on a charter."""

    decision: Literal["approve", "reject"]
    reason: Reason | None = None


class Recognise(Command):
    """A favourable answer of the FOD (ministry of the interior), with the dates of the recognition."""

    start: date
    end: date | None = None
    reference: Annotated[str, Field(min_length=1, max_length=60), Name]


class ReturnCharter(Command):
    """An unfavourable answer of the FOD (ministry of the interior), with its reason."""

    reason: Reason


class AppointCoordinator(Command):
    """A candidate (pseudonym) for coordinator, with outcome and date of the screening but not its content."""

    candidate: str = Field(pattern=r"^p[0-9a-f]{32}$")
    role: CoordinatorRole = CoordinatorRole.COORDINATOR
    adult: Literal[True]
    screening_outcome: Outcome
    screened_on: date


class RemoveCoordinator(Command):
    """A request to remove a coordinator, with the reason."""

    reason: RemovalReason


class JoinBeAlert(Command):
    """The acceptance of a version of the BE-Alert conditions."""

    agreement_version: Version


class Address(Command):
    """The address at which a member lives, works or trades."""

    street: Annotated[str, Field(min_length=1, max_length=100), Name]
    house_number: Annotated[str, Field(max_length=15, pattern=r"^[A-Za-z0-9/+-]+$")]
    box: BoxNumber | None = None
    postcode: Postcode
    latitude: Latitude
    longitude: Longitude

    @model_validator(mode="before")
    @classmethod
    def _number_and_box_apart(cls, given: Any) -> Any:
        """Split a house number such as `303, bus 100` into house number 303 and box 100."""
        if not isinstance(given, dict) or not isinstance(given.get("house_number"), str):
            return given
        try:
            number, box = addresses.house_and_box(given["house_number"])
        except ValueError:
            raise PydanticCustomError("house_number", "Dit is geen huisnummer.") from None
        if box and given.get("box") and _box(given["box"]) != box:
            raise PydanticCustomError("box", "Bij het huisnummer staat een andere bus.")
        return given | {"house_number": number} | ({"box": box} if box else {})


class JoinNetwork(Command):
    """A person's request to become a member; the personal data is stored in the registry's vault only."""

    kind: MemberKind
    name: Annotated[str, Field(min_length=2, max_length=120), Name]
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


class Leave(Command):
    """A request to end a membership, with the reason."""

    reason: LeavingReason = LeavingReason.LEFT


class ErasePerson(Command):
    """A request of an official to delete the data of a person who asked for it, or who died."""

    reason: Literal[ErasureReason.REQUESTED, ErasureReason.DECEASED]


def _type_of(number: str) -> int:
    return phonenumbers.number_type(phonenumbers.parse(number))

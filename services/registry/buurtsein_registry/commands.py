"""What can be asked of the registry; each command is the body of one request."""

from datetime import date
from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from stdnum.be import vat

from buurtsein_contracts.events.geography import Area, Latitude, Longitude, Postcode
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_contracts.events.network import CoordinatorRole, NetworkKind
from buurtsein_contracts.problems import DomainError
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.text import Latin, Name, Plain


def _cleaned_area(document: Any) -> Any:
    """Raises DomainError `area_invalid` with the reason: it stands above the fields of the request."""
    try:
        return cleaned(document)
    except NoArea as refused:
        raise DomainError("area_invalid", refused.dutch) from refused


def _enterprise_number(text: str) -> str:
    """Ten digits with a right check, first 0 or 1; punctuation and the prefix BE are accepted."""
    number: str = vat.compact(text)
    if not vat.is_valid(number):
        raise ValueError("not a KBO enterprise number")
    return number


def _phone_number(text: str) -> str:
    """E.164; a number without country is Belgian."""
    try:
        number = phonenumbers.parse(text, "BE")
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


DrawnArea = Annotated[Area, BeforeValidator(_cleaned_area)]
"""GeoJSON of any make (heights, `bbox`, a Feature), cleaned as events and messages need it."""
EnterpriseNumber = Annotated[str, AfterValidator(_enterprise_number)]
PhoneNumber = Annotated[str, AfterValidator(_phone_number)]
EmailAddress = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), Name]
Plan = Annotated[str, Field(min_length=10, max_length=5000), Plain]
Reason = Annotated[str, Field(min_length=5, max_length=1000), Plain]


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


class ApplyForNetwork(_Command):
    """A neighbourhood asks to become a network."""

    name: Annotated[str, Field(min_length=3, max_length=100), Name, Latin]
    kind: NetworkKind
    area: DrawnArea
    postcodes: list[Postcode] = Field(min_length=1, max_length=20)


class SignCharter(_Command):
    """The local charter with its two plans."""

    communication_plan: Plan
    budget_plan: Plan


class Decide(_Command):
    """The decision of korpschef or burgemeester."""

    decision: Literal["approve", "reject"]
    reason: Reason | None = None


class Recognise(_Command):
    """The favourable answer of the FOD."""

    start: date
    end: date | None = None
    reference: Annotated[str, Field(min_length=1, max_length=60), Name]


class ReturnCharter(_Command):
    """The unfavourable answer of the FOD."""

    reason: Reason


class AppointCoordinator(_Command):
    """A candidate, by pseudonym, with the outcome and date of the screening; never its content."""

    candidate: str = Field(pattern=r"^p[0-9a-f]{32}$")
    role: CoordinatorRole = CoordinatorRole.COORDINATOR
    adult: Literal[True]
    screening_outcome: Literal["OK", "NOT_OK"]
    screened_on: date


class JoinBeAlert(_Command):
    """Agreement with a version of the BE-Alert conditions."""

    agreement_version: Annotated[str, Field(min_length=1, max_length=20), Name]


class Address(_Command):
    """Where somebody lives, works or trades."""

    street: Annotated[str, Field(min_length=1, max_length=100), Name]
    house_number: Annotated[str, Field(pattern=r"^[A-Z0-9](?:.{0,8}[A-Z0-9])?$"), Name]
    box: Annotated[str, Field(max_length=10), Name] | None = None
    postcode: Postcode
    latitude: Latitude
    longitude: Longitude


class JoinNetwork(_Command):
    """What a person gives to become a member; it stays in the registry's vault."""

    kind: MemberKind
    name: Annotated[str, Field(min_length=2, max_length=120), Name]
    email: EmailAddress | None = None
    mobile: PhoneNumber
    address: Address
    adult: Literal[True]
    consent_version: Annotated[str, Field(min_length=1, max_length=20), Name]
    language: Language = Language.NL
    channels: list[Channel] = Field(min_length=1, max_length=3)
    enterprise_number: EnterpriseNumber | None = None
    legal_person: bool = False


class Leave(_Command):
    """A member leaves."""

    reason: LeavingReason = LeavingReason.LEFT

"""Defines the fields that several commands of the registry share, with their validation and normalisation."""

import re
from typing import Annotated, Any

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.be import vat

from buurtsein_contracts.events.geography import Area
from buurtsein_kernel import addresses
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.problems import DomainError
from buurtsein_kernel.text import EMAIL, Name, Plain, straightened


def _cleaned_area(document: Any) -> Any:
    """Return the cleaned GeoJSON of an area; raise DomainError `area_invalid` with the reason.

    The error is not a validation error of the field, so that the reason is the detail of the whole response.
    """
    try:
        return cleaned(document)
    except NoArea as refused:
        raise DomainError("area_invalid", refused.dutch, values={"why": refused.why}) from refused


_LONGEST_NUMBER = 100
"""Only this many characters of a number are read, because longer texts are not numbers."""


def _enterprise_number(text: str) -> str:
    """Return an enterprise number as ten digits, without punctuation and prefix; refuse a wrong check number."""
    number: str = vat.compact(straightened(text[:_LONGEST_NUMBER]))
    if not vat.is_valid(number):
        raise PydanticCustomError("enterprise_number", "Dit is geen ondernemingsnummer.")
    return number


def _establishment_number(text: str) -> str:
    """Return an establishment number as ten digits; the first is 2 to 8, and the last two are the check number.

    Source: the rules of the KBO (Crossroads Bank for Enterprises) for enterprise and establishment numbers.
    """
    digits = re.sub(r"[\s.]", "", straightened(text[:_LONGEST_NUMBER]))
    if not re.fullmatch(r"[2-8]\d{9}", digits, re.ASCII) or int(digits[8:]) != 97 - int(digits[:8]) % 97:
        raise PydanticCustomError("establishment_number", "Dit is geen vestigingsnummer.")
    return digits


def _phone_number(text: str) -> str:
    """Return the phone number in E.164 form; a number without a country code is Belgian."""
    try:
        number = phonenumbers.parse(straightened(text[:_LONGEST_NUMBER]), "BE")
    except phonenumbers.NumberParseException as error:
        raise PydanticCustomError("phone_number", "Dit is geen telefoonnummer.") from error
    if not phonenumbers.is_valid_number(number):
        raise PydanticCustomError("phone_number", "Dit is geen telefoonnummer.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def box_of(text: Any) -> Any:
    """Return a box number in its usual form, such as `2.01`; refuse a text that is no box number."""
    try:
        return addresses.box(text) if isinstance(text, str) else text
    except ValueError:
        raise PydanticCustomError("box", "Dit is geen busnummer.") from None


DrawnArea = Annotated[Area, BeforeValidator(_cleaned_area)]
"""GeoJSON from any program (with heights, `bbox`, or as a Feature), cleaned to the form of events and messages."""


EnterpriseNumber = Annotated[str, AfterValidator(_enterprise_number)]
EstablishmentNumber = Annotated[str, AfterValidator(_establishment_number)]


PhoneNumber = Annotated[str, AfterValidator(_phone_number)]


PersonName = Annotated[str, Field(min_length=2, max_length=120), Name]


EmailAddress = Annotated[str, EMAIL, Name]


def require_contact(email: str | None, phone: str | None) -> None:
    """Check that there is an e-mail address or a phone number; raise the error `contact_missing` without both."""
    if email is None and phone is None:
        raise PydanticCustomError("contact_missing", "Geef een e-mailadres of een telefoonnummer.")


BoxNumber = Annotated[str, Field(max_length=10, pattern=r"^[A-Z0-9./-]+$"), BeforeValidator(box_of)]


Plan = Annotated[str, Field(min_length=10, max_length=5000), Plain]


Reason = Annotated[str, Field(min_length=5, max_length=1000), Plain]


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of a document, in hexadecimal digits."""


Version = Annotated[str, Field(min_length=1, max_length=20), Name]

"""Defines a bank account to which the city pays, and checks its number and the structured message."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from stdnum import iban
from stdnum.be import ogm_vcs
from stdnum.exceptions import ValidationError

from buurtsein_kernel.text import Name, Straight

SHOWN_DIGITS = 4


def checked_iban(text: str) -> str:
    """Return an IBAN without spaces, in capitals; raise PydanticCustomError `iban` when its check digits are wrong."""
    try:
        return str(iban.validate(text, check_country=False))  # else a bank that is newer than the library is refused
    except ValidationError:
        raise PydanticCustomError("iban", "Dit is geen geldig rekeningnummer (IBAN).") from None


def checked_message(text: str) -> str:
    """Return the 12 digits of a Belgian structured message (OGM); raise PydanticCustomError `structured_message`."""
    try:
        return str(ogm_vcs.validate(text))
    except ValidationError:
        raise PydanticCustomError("structured_message", "Deze gestructureerde mededeling klopt niet.") from None


Iban = Annotated[str, Straight, Field(max_length=50), AfterValidator(checked_iban)]
StructuredMessage = Annotated[str, Straight, Field(max_length=30), AfterValidator(checked_message)]


class Account(BaseModel):
    """A bank account: its holder, its IBAN, and the structured message that payments to the account need, or None."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    holder: Annotated[str, Field(min_length=1, max_length=70), Name]
    iban: Iban
    message: StructuredMessage | None = None


def masked(number: str) -> str:
    """Return an IBAN of which only country, check digits and the last four digits can be read."""
    return f"{number[:4]} {'•' * (len(number) - 4 - SHOWN_DIGITS)} {number[-SHOWN_DIGITS:]}"

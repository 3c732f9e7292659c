"""Counts the SMS units of a text, so that an officer sees the cost before the release.

Invariant: no character is split over two parts, also when it takes two units (an escaped character or a surrogate
pair). Source: 3GPP TS 23.038 (GSM 03.38), default alphabet and extension table; 3GPP TS 23.040 for the parts.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

DEFAULT_UNIT_PRICE = Decimal("0.055")
"""The price in EUR, excluding VAT, of one SMS through BE-Alert, which the sender pays. Source: National Crisis Centre,
https://centredecrise.be/fr/node/539. It is a setting, because the centre has not confirmed it yet."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_LAST_OF_BMP = "\uffff"


class Encoding(StrEnum):
    """The encoding of the text; one character outside GSM-7 makes the whole text UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


# Gives for each encoding the length of a single SMS, and of one part of a longer text, which also has a header.
_LENGTHS = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, slots=True)
class SmsCount:
    """The length of a text and its SMS units; an emoji, or a character of GSM-7's extension table, counts as 2."""

    characters: int
    encoding: Encoding
    units: int

    def price(self, unit_price: Decimal = DEFAULT_UNIT_PRICE) -> Decimal:
        """Return the price for one receiver, not rounded, in the currency of `unit_price`."""
        return self.units * unit_price


def sms_units(text: str) -> SmsCount:
    """Count the units of a text without normalising it (a decomposed é needs UCS-2); an empty text has none."""
    encoding = Encoding.GSM_7 if set(text) <= _BASIC | _EXTENSION else Encoding.UCS_2
    widths = list(map(_WIDTH[encoding], text))
    lone, part = _LENGTHS[encoding]
    total = sum(widths)
    return SmsCount(total, encoding, min(total, 1) if total <= lone else _parts(widths, part))


def _gsm_width(character: str) -> int:
    return 2 if character in _EXTENSION else 1


def _ucs_width(character: str) -> int:
    return 2 if character > _LAST_OF_BMP else 1


_WIDTH: dict[Encoding, Callable[[str], int]] = {Encoding.GSM_7: _gsm_width, Encoding.UCS_2: _ucs_width}


def _parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


_ALIKE = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}
    | {"\u0153": "oe", "\u0152": "OE", "\u0142": "l", "\u0141": "L"}
)
"""Replacements for quotation marks, dashes, and letters that are not a plain letter with an accent."""


def plain_sms(text: str) -> str:
    """Return the text in GSM-7 characters; accents and other characters that GSM-7 lacks are removed."""
    return "".join(map(_plain_letters, text.translate(_ALIKE)))


def _plain_letters(character: str) -> str:
    if character in _BASIC:
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character) if part in _BASIC)

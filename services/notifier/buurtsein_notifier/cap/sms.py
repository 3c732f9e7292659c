"""Counts the SMS units of a text, so that the cost can be shown before release.

Invariant: a character is never split over two parts, neither an escaped one nor a surrogate pair. Source: 3GPP TS
23.038 (GSM 03.38) default alphabet and extension table; 3GPP TS 23.040 for the parts.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

DEFAULT_UNIT_PRICE = Decimal("0.055")
"""EUR excluding VAT for one SMS through BE-Alert, paid by the sender. Source: National Crisis Centre,
https://centredecrise.be/fr/node/539; to be confirmed with it, hence a parameter."""

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


# encoding -> length of one lone SMS, length of a part of a longer one (the header takes the rest)
_LENGTHS = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, slots=True)
class SmsCount:
    """`characters` as they are billed: one of the extension table, or outside the BMP (emoji), counts 2."""

    characters: int
    encoding: Encoding
    units: int

    def price(self, unit_price: Decimal = DEFAULT_UNIT_PRICE) -> Decimal:
        """Return the price for one receiver, not rounded: EUR excluding VAT when `unit_price` is."""
        return self.units * unit_price


def sms_units(text: str) -> SmsCount:
    """Count `text` as it is (a decomposed é is UCS-2); an empty text costs nothing."""
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
"""Quotation marks, dashes, and letters that have no accent to lose."""


def plain_sms(text: str) -> str:
    """Return the text in GSM-7 letters; unknown accents are removed, and characters without such a letter too."""
    return "".join(map(_plain_letters, text.translate(_ALIKE)))


def _plain_letters(character: str) -> str:
    if character in _BASIC:
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character) if part in _BASIC)

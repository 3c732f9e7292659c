"""Finds Belgian national numbers (rijksregisternummer, BIS) in free text, so that they are refused and never stored.

Source: the checks of `stdnum.be.nn` and `stdnum.be.bis`: birth date, counter, remainder of the division by 97.
"""

import re
import unicodedata

from stdnum.be import bis, nn

_DIGITS = 11
_DIGIT = re.compile(r"\d")
_ELEVEN_DIGITS = re.compile(r"(?<!\d)(?=((?:\d[\W_]{0,3}){10}\d)(?!\d))")
_BELGIAN_PHONE = re.compile(r"(?:\+|\b00)[\W_]{0,2}32(?:[\W_]{0,3}\d){8,9}(?!\d)")
"""A mobile number with its country code also has eleven digits, and can look like the BIS number of somebody born in
1932. Such a number is removed before the search."""


def has_national_number(text: str) -> bool:
    """Return whether the text contains a valid national number, with any punctuation between its digits."""
    normal = unicodedata.normalize("NFKC", text)
    if len(_DIGIT.findall(normal)) < _DIGITS:
        return False
    plain = _BELGIAN_PHONE.sub(" tel ", _plain(normal))
    candidates = (re.sub(r"\D", "", found) for found in _ELEVEN_DIGITS.findall(plain))
    return any(nn.is_valid(digits) or bis.is_valid(digits) for digits in candidates)


def _plain(normal: str) -> str:
    """Return a text in the form NFKC without invisible characters, and with the digits of every script as 0-9."""
    visible = (c for c in normal if unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in visible)

"""Finds a rijksregisternummer or BIS number in free text, so that it can be refused and is never stored.

Source: the check of `stdnum.be.nn` and `stdnum.be.bis`: date, counter, 97-check.
"""

import re
import unicodedata

from stdnum.be import bis, nn

_ELEVEN_DIGITS = re.compile(r"(?<!\d)(?=((?:\d[\W_]{0,3}){10}\d)(?!\d))")
_BELGIAN_PHONE = re.compile(r"(?:\+|\b00)[\W_]{0,2}32(?:[\W_]{0,3}\d){8,9}(?!\d)")
"""Written with its country code a mobile number has eleven digits too, and looks like a BIS number of 1932."""


def has_national_number(text: str) -> bool:
    """Whether such a number stands anywhere in the text, with any punctuation between its digits."""
    plain = _BELGIAN_PHONE.sub(" tel ", _plain(text))
    candidates = (re.sub(r"\D", "", found) for found in _ELEVEN_DIGITS.findall(plain))
    return any(nn.is_valid(digits) or bis.is_valid(digits) for digits in candidates)


def _plain(text: str) -> str:
    """Invisible characters dropped, digits of any script as 0-9."""
    visible = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in visible)

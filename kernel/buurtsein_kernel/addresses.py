"""Parses house numbers and boxes as people in Belgium write them: `303, bus 100`, `12/3`, `7b`, `1bis`."""

import re

from buurtsein_kernel.text import straightened

_LONGEST = 100
"""The number of characters that are parsed; the rest is ignored, because no house number or box is that long."""
_SUFFIX = r"(?:\s?(?:bis|ter|quater)|\s?[A-Z])?"
_NUMBER = rf"[A-Z]?\d{{1,5}}{_SUFFIX}(?:\s?[-+]\s?\d{{1,5}}{_SUFFIX})?|Z\s?/?\s?N"
_WORD = r"(?:BUS|BTE|BO[IÎ]TE|BOX)\.?"
_MARK = rf"(?:{_WORD}\s*|/\s*|B\.?\s?(?=\d))"
_BOX = rf"(?!{_WORD}$)[A-Z0-9](?:[A-Z0-9./-]{{0,8}}[A-Z0-9])?"
_WITH_BOX = re.compile(rf"(?P<number>{_NUMBER})(?:[\s,]*{_MARK}(?P<box>{_BOX}))?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?P<street>[^\d,]{2,100}?)[\s,]+(?P<house_number>\d[^,]{0,15}?(?:[\s,]+(?:bus|bte|bo[iî]te|box)\.?\s*[\w.-]{1,10})?)"
    r"[\s,]+(?:B-)?(?P<postcode>[1-9]\d{3})(?:\s[^\d]*)?",
    re.IGNORECASE,
)
_BOX_ALONE = re.compile(rf"{_MARK}?(?P<box>{_BOX})", re.IGNORECASE)


def house_and_box(text: str) -> tuple[str, str | None]:
    """Parse a house number with an optional box; return number and box, which is None when there is no box.

    Spaces are removed and letters become capitals, except in `bis`, `ter` and `quater`: `7 b bus 3` gives `("7B",
    "3")`.

    Raises:
        ValueError: the text is not a house number.
    """
    found = _WITH_BOX.fullmatch(straightened(text[:_LONGEST]))
    if found is None:
        raise ValueError("not a house number")
    number = re.sub(r"BIS|TER|QUATER", lambda word: word[0].lower(), re.sub(r"\s", "", found["number"]).upper())
    return number, found["box"].upper() if found["box"] else None


def read_address(text: str) -> dict[str, str] | None:
    """Return `street`, `house_number` (with its box) and `postcode` of an address on one line; None for other text."""
    found = _ADDRESS.fullmatch(straightened(text[:200]))
    return found.groupdict() if found else None


def box(text: str) -> str:
    """Parse a box and return it without the word for it: `bus 100` gives `100`.

    Raises:
        ValueError: the text is not a box.
    """
    found = _BOX_ALONE.fullmatch(straightened(text[:_LONGEST]))
    if found is None:
        raise ValueError("not a box")
    return found["box"].upper()

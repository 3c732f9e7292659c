"""House numbers and boxes as people in Belgium write them: `303, bus 100`, `12/3`, `7b`, `1bis`."""

import re

from buurtsein_kernel.text import straightened

_LONGEST = 100
"""Characters that are read: no house number or box has as many."""
_SUFFIX = r"(?:\s?(?:bis|ter|quater)|\s?[A-Z])?"
_NUMBER = rf"[A-Z]?\d{{1,5}}{_SUFFIX}(?:\s?[-+]\s?\d{{1,5}}{_SUFFIX})?|Z\s?/?\s?N"
_WORD = r"(?:BUS|BTE|BO[IÎ]TE|BOX)\.?"
_MARK = rf"(?:{_WORD}\s*|/\s*|B\.?\s?(?=\d))"
_BOX = rf"(?!{_WORD}$)[A-Z0-9](?:[A-Z0-9./-]{{0,8}}[A-Z0-9])?"
_WITH_BOX = re.compile(rf"(?P<number>{_NUMBER})(?:[\s,]*{_MARK}(?P<box>{_BOX}))?", re.IGNORECASE)
_BOX_ALONE = re.compile(rf"{_MARK}?(?P<box>{_BOX})", re.IGNORECASE)


def house_and_box(text: str) -> tuple[str, str | None]:
    """The house number without spaces, and the box when there is one; ValueError when it is no house number.

    The letters are capitals, but for `bis`, `ter` and `quater`.
    """
    found = _WITH_BOX.fullmatch(straightened(text[:_LONGEST]))
    if found is None:
        raise ValueError("not a house number")
    number = re.sub(r"BIS|TER|QUATER", lambda word: word[0].lower(), re.sub(r"\s", "", found["number"]).upper())
    return number, found["box"].upper() if found["box"] else None


def box(text: str) -> str:
    """The box without the word for it: `bus 100` is `100`; ValueError when it is no box."""
    found = _BOX_ALONE.fullmatch(straightened(text[:_LONGEST]))
    if found is None:
        raise ValueError("not a box")
    return found["box"].upper()

"""Dates and times by a pattern of Java's, as Pact's matchers have them: `yyyy-MM-dd'T'HH:mm:ssX`."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache

_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")
_OFFSET = r"[+-]\d{2}"
_PARTS = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>0[1-9]|1[0-2])",
    "dd": r"(?P<day>0[1-9]|[12]\d|3[01])",
    "HH": r"(?:[01]\d|2[0-3])",
    "mm": r"[0-5]\d",
    "ss": r"(?:[0-5]\d|60)",
    "S": r"\d",
    "SSS": r"\d{3}",
    "SSSSSS": r"\d{6}",
    "X": rf"(?:Z|{_OFFSET}(?:\d{{2}})?)",
    "XX": rf"(?:Z|{_OFFSET}\d{{2}})",
    "XXX": rf"(?:Z|{_OFFSET}:\d{{2}})",
    "Z": rf"{_OFFSET}\d{{2}}",
    "ZZ": rf"{_OFFSET}\d{{2}}",
    "ZZZ": rf"{_OFFSET}\d{{2}}",
}


@cache
def pattern_of(written: str) -> Callable[[str], bool] | None:
    """A test for texts; None for a pattern with parts that are not known here."""
    parts, position = [], 0
    while position < len(written):
        token = _TOKEN.match(written, position)
        if token is None or (token[2] and token[0] not in _PARTS):
            return None
        literal = token[0] if token[1] is None else token[1].replace("''", "'")
        parts.append(_PARTS[token[0]] if token[2] else re.escape(literal or "'"))
        position = token.end()
    expression = re.compile("".join(parts))
    return lambda text: (found := expression.fullmatch(text)) is not None and _exists(found.groupdict())


def _exists(parts: dict[str, str | None]) -> bool:
    """Whether the calendar has such a day."""
    year, month, day = (parts.get(name) for name in ("year", "month", "day"))
    try:
        return not (year and month and day) or bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False

"""Reads the time of an incident from the cells for day and hour, as people type them.

Invariant: a day or hour that can mean two things is refused and never guessed. In Belgium the day comes before the
month. When the clocks go back, an hour that exists twice is read as the later one, with a remark; when they go forward,
an hour that does not exist is refused.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.text import straightened
from buurtsein_operate.sheets.remarks import Remark, Unreadable, quoted

_YEARS = range(1990, 2100)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari janv janvier",
            "feb febr februari fevr fevrier",
            "mrt maa maart mar mars",
            "apr april avr avril",
            "mei mai",
            "jun juni juin",
            "jul juli juil juillet",
            "aug augustus aout",
            "sep sept september septembre",
            "okt oktober oct octobre",
            "nov november novembre",
            "dec december decembre",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = re.compile(r"^[a-z]{2,9}[.,]* (?=\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[/. -]+(\d{1,2})[/. -]+(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/. -]+(\d{1,2})[/. -]+(\d{1,2})")
_IN_WORDS = re.compile(r"(\d{1,2})[/. -]*([a-z]+)[/. -]*(\d{4}|\d{2})")
_DIGITS = re.compile(r"\d{8}")
_WITH_HOUR = re.compile(r"(.*\d{2})(?:T| +)(\d{1,2}[:.uh]\d{2}.*)", re.IGNORECASE)
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.,uh](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?|(?:u|uur|h)|(?=am|pm))(?:u|uur|h|m|min)?(am|pm)?"
)
_FOUR_DIGITS = re.compile(r"(\d{2})(\d{2})()()")
_TWICE = "dit uur was er tweemaal (einde van de zomertijd): het latere is genomen"


def moment(day: str, hour: str) -> tuple[datetime | None, Remark | None]:
    """Return a time in Brussels time and a remark about how it was read; the time is None when day or hour is empty.

    Raises:
        Unreadable: `time_unreadable`, or `time_nonexistent` for an hour that the clock skipped.
    """
    day, hour = straightened(day), straightened(hour)
    if with_offset := _with_offset(day, hour):
        return with_offset, None
    day, hour = _apart(day, hour)
    date_, clock = _date(day) if day else None, _clock(hour) if hour else None
    if date_ is None or clock is None:
        return None, None
    return _in_brussels(datetime.combine(date_, time()) + clock, hour)


def day(text: str, column: str) -> date | None:
    """Return the day in a cell, or None for an empty cell; raise Unreadable `day_unreadable`."""
    plain = straightened(text)
    try:
        return _date(plain) if plain else None
    except Unreadable as error:
        raise Unreadable("day_unreadable", column, error.remark.text) from error


def _with_offset(day: str, hour: str) -> datetime | None:
    """Return the time if one cell contains a complete RFC 3339 timestamp, else None."""
    try:
        read = datetime.fromisoformat(day if "T" in day.upper() and not hour else "")
    except ValueError:
        return None
    return read if read.tzinfo else None


def _apart(day: str, hour: str) -> tuple[str, str]:
    """Return day and hour as texts; when the day cell contains both, `00:00` means an unknown hour."""
    both = _WITH_HOUR.fullmatch(day)
    if both is None:
        return day, hour
    if hour and _clock(both[2]) not in {timedelta(0), _clock(hour)}:
        raise Unreadable("time_unreadable", "datum", f"{quoted(day)} noemt een ander uur dan {quoted(hour)}")
    return both[1], hour or both[2]


def _date(text: str) -> date:
    plain = _WEEKDAY.sub("", text.casefold())
    found = {read for read in _readings(plain) if read and read.year in _YEARS}
    if len(found) != 1:
        raise Unreadable("time_unreadable", "datum", f"{quoted(text)} is geen datum; schrijf dag/maand/jaar")
    return found.pop()


def _readings(text: str) -> list[date | None]:
    """Return each date that a typed day can mean; 8 digits can be DDMMYYYY or YYYYMMDD.

    None stands for a date that does not exist.
    """
    if match := _DAY_FIRST.fullmatch(text):
        return [_valid(match[3], match[2], match[1])]
    if match := _YEAR_FIRST.fullmatch(text):
        return [_valid(match[1], match[2], match[3])]
    if match := _IN_WORDS.fullmatch(_without_accents(text)):
        return [_valid(match[3], str(_MONTHS.get(match[2], 0)), match[1])]
    if _DIGITS.fullmatch(text):
        return [_valid(text[4:], text[2:4], text[:2]), _valid(text[:4], text[4:6], text[6:])]
    return []


def _without_accents(text: str) -> str:
    return text.translate(str.maketrans("éèêûùôä", "eeeuuoa"))


def _valid(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: PLR2004 - 26 is 2026
    except ValueError:
        return None


def _clock(text: str) -> timedelta:
    """Return the time since midnight for a typed hour; `24:00` is the end of the day."""
    plain = text.casefold().replace(" ", "").rstrip(".")
    match = _CLOCK.fullmatch(plain) or _FOUR_DIGITS.fullmatch(plain)
    parts = [int(part or 0) for part in match.groups()[:3]] if match else [99]
    if match and match[4] and 1 <= parts[0] <= 12:  # noqa: PLR2004 - a clock with am and pm
        parts[0] = parts[0] % 12 + (12 if match[4] == "pm" else 0)
    elif match and match[4]:
        parts = [99]
    if parts != [24, 0, 0] and (parts[0] > 23 or max(parts[1:]) > 59):  # noqa: PLR2004 - the hands of a clock
        raise Unreadable("time_unreadable", "uur", f"{quoted(text)} is geen uur; schrijf bijvoorbeeld 15:42")
    return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


def _in_brussels(local: datetime, hour: str) -> tuple[datetime, Remark | None]:
    first, second = (local.replace(tzinfo=BRUSSELS, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) != local:
        text = f"{quoted(hour)} bestond die dag niet: de klok sprong van 2 naar 3 uur"
        raise Unreadable("time_nonexistent", "uur", text)
    if first.utcoffset() != second.utcoffset():
        return second, Remark("time_twice", "uur", _TWICE)
    return first, None

"""Converts moments to calendar days in Belgium, counts working days, and writes a day in words."""

from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
_SATURDAY = 5
_FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
"""Month and day: New Year, Labour Day, National Day, Assumption, All Saints, Armistice, Christmas."""
_AFTER_EASTER = (1, 39, 50)
"""Days after Easter Sunday: Easter Monday, Ascension, Whit Monday."""
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}
_FIRST = {("fr", 1): "1er"}


def brussels_day(moment: datetime) -> date:
    """Return the calendar day in Belgium of a timezone-aware moment."""
    return moment.astimezone(BRUSSELS).date()


def in_words(day: date, language: str = "nl") -> str:
    """Return a day in the words of a language (`nl`, `fr`, `de` or `en`), such as `3 november 2026`."""
    number = _FIRST.get((language, day.day), f"{day.day}{'.' if language == 'de' else ''}")
    return f"{number} {_MONTHS[language].split()[day.month - 1]} {day.year}"


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the ten legal holidays of Belgium in a year (law of 4 January 1974, royal decree of 18 April 1974)."""
    easter = _easter(year)
    return frozenset({date(year, *day) for day in _FIXED} | {easter + timedelta(days) for days in _AFTER_EASTER})


def is_working_day(day: date) -> bool:
    """Return whether a day is from Monday to Friday, and no legal holiday in Belgium."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def working_days_after(day: date, number: int) -> date:
    """Return the day that is this number of working days after a day; 0 gives the day itself."""
    for _ in range(number):
        day = next(later for ahead in count(1) if is_working_day(later := day + timedelta(ahead)))
    return day


def _easter(year: int) -> date:
    """Return Easter Sunday of a year, by the anonymous Gregorian algorithm (Nature, 20 April 1876)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)

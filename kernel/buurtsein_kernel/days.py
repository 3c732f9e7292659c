"""Converts moments to calendar days in Belgium, and writes a day in Dutch."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def brussels_day(moment: datetime) -> date:
    """Return the calendar day in Belgium of a timezone-aware moment."""
    return moment.astimezone(BRUSSELS).date()


def in_words(day: date) -> str:
    """Return a day in Dutch words, such as `3 november 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

"""Days as people in Belgium see and say them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def brussels_day(moment: datetime) -> date:
    """The day it is in Belgium at a moment with its offset."""
    return moment.astimezone(BRUSSELS).date()


def in_words(day: date) -> str:
    """`3 november 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

"""Defines clocks: the clock of the machine, and a clock that stands still until a test moves it.

Nothing else calls `datetime.now`: the linter refuses that outside this file. Leases and deliveries of rows that several
workers share use the database's clock.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A Protocol: an object that says what time it is."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""


class SystemClock:
    """A clock that gives the time of the machine."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)


class StandingClock:
    """A clock for tests: it stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        """Take the time that the clock shows; raise ValueError when the time has no UTC offset."""
        self._moment = _in_utc(moment)

    def now(self) -> datetime:
        """Return the time to which the clock was set or moved last, in UTC."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Set the clock to another moment, earlier or later."""
        self._moment = _in_utc(moment)

    def move(self, by: timedelta) -> None:
        """Move the clock forward by a duration, or back when the duration is negative."""
        self._moment += by


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment.astimezone(UTC)

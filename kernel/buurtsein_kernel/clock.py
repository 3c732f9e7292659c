"""Defines clocks; a domain object or handler is given a clock, so that a test can give it one that stands still.

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
        """Take the moment at which the clock stands; raise ValueError when it has no offset from UTC."""
        self._moment = _in_utc(moment)

    def now(self) -> datetime:
        """Return the moment to which the clock was set or moved last, in UTC."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Set the clock to another moment, earlier or later."""
        self._moment = _in_utc(moment)

    def move(self, by: timedelta) -> None:
        """Move the clock forward, or back when `by` is negative."""
        self._moment += by


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment.astimezone(UTC)

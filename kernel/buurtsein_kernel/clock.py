"""The clock that the domain asks what time it is; one is given to whoever needs it, so that a test can hold it still.

Nothing else calls `datetime.now`: the linter refuses that outside this file. Leases and deliveries of rows that several
workers share use the database's clock.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The present moment, in UTC."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


class StandingClock:
    """A clock for tests: it stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        """`moment` has its offset from UTC; ValueError when it has none."""
        self._moment = _in_utc(moment)

    def now(self) -> datetime:
        """The moment to which it was set or moved last, in UTC."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Set it to another moment, earlier or later."""
        self._moment = _in_utc(moment)

    def move(self, by: timedelta) -> None:
        """Move it forward, or back when `by` is negative."""
        self._moment += by


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment.astimezone(UTC)

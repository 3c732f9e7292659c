"""Defines jobs and their schedules: the name, when a job runs, its timeout, and when it is retried after a failure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from buurtsein_kernel.days import BRUSSELS, brussels_day

FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 3600.0
LEAST_LONGEST_RETRY_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Every:
    """A schedule by which a job runs again some seconds after the end of its last run."""

    seconds: float

    @property
    def period_seconds(self) -> float:
        """Return the approximate number of seconds from one run to the next run."""
        return self.seconds

    def first_run(self, now: datetime) -> datetime:
        """Return when a new job is due for the first time: at once."""
        return now

    def next_run(self, now: datetime) -> datetime:
        """Return when the next run is due after a run that ended at `now`."""
        return now + timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        return f"every {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class DailyAt:
    """A schedule by which a job runs once a day, at a time of day in Belgium."""

    hour: int
    minute: int = 0

    @property
    def period_seconds(self) -> float:
        """Return the approximate number of seconds from one run to the next run."""
        return 86_400.0

    def first_run(self, now: datetime) -> datetime:
        """Return when a new job is due for the first time: at the next moment with its time of day."""
        return self.next_run(now)

    def next_run(self, now: datetime) -> datetime:
        """Return the first moment after `now`, in UTC, at which clocks in Belgium show this time of day."""
        today = brussels_day(now)
        moments = (self._on(today + timedelta(days=days)) for days in (0, 1))
        return next(moment for moment in moments if moment > now)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour, self.minute), BRUSSELS).astimezone(UTC)

    def __str__(self) -> str:
        return f"daily at {self.hour:02}:{self.minute:02}"


@dataclass(frozen=True, slots=True)
class Job:
    """Work of a service that runs by a schedule; `timeout` is in seconds."""

    name: str
    schedule: Every | DailyAt
    timeout: float = 60.0
    """After this many seconds a run is cancelled and counts as failed."""

    def retry_seconds(self, failures: int) -> float:
        """Return the seconds to wait after a number of failures in a row.

        The wait doubles each time. It is at most the job's period, but this limit itself lies between five minutes and
        an hour.
        """
        first = min(self.schedule.period_seconds, FIRST_RETRY_SECONDS)
        longest = min(max(self.schedule.period_seconds, LEAST_LONGEST_RETRY_SECONDS), LONGEST_RETRY_SECONDS)
        return min(longest, first * 2.0 ** min(failures - 1, 30))

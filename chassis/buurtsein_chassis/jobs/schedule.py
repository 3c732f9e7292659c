"""What a job is called, when it runs, how long it may take, and when it is tried again after a failure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from buurtsein_kernel.days import BRUSSELS, brussels_day

FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 3600.0
LEAST_LONGEST_RETRY_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Every:
    """So many seconds after the end of the last run."""

    seconds: float

    @property
    def period_seconds(self) -> float:
        """About how long it is from one run to the next."""
        return self.seconds

    def first_run(self, now: datetime) -> datetime:
        """When a job that a worker sees for the first time is due: at once."""
        return now

    def next_run(self, now: datetime) -> datetime:
        """When the run after one that ended `now` is due."""
        return now + timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        return f"every {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class DailyAt:
    """Once a day, at an hour as clocks in Belgium show it."""

    hour: int
    minute: int = 0

    @property
    def period_seconds(self) -> float:
        """About how long it is from one run to the next."""
        return 86_400.0

    def first_run(self, now: datetime) -> datetime:
        """When a job that a worker sees for the first time is due: at its hour."""
        return self.next_run(now)

    def next_run(self, now: datetime) -> datetime:
        """The first moment after `now` at which it is this hour in Belgium, in UTC."""
        today = brussels_day(now)
        moments = (self._on(today + timedelta(days=days)) for days in (0, 1))
        return next(moment for moment in moments if moment > now)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour, self.minute), BRUSSELS).astimezone(UTC)

    def __str__(self) -> str:
        return f"daily at {self.hour:02}:{self.minute:02}"


@dataclass(frozen=True, slots=True)
class Job:
    """Scheduled work, as a service declares it."""

    name: str
    schedule: Every | DailyAt
    timeout: float = 60.0
    """Seconds after which a run is broken off and counts as failed."""

    def retry_seconds(self, failures: int) -> float:
        """How long to wait after so many failures in a row: twice as long each time, up to five minutes or an hour."""
        first = min(self.schedule.period_seconds, FIRST_RETRY_SECONDS)
        longest = min(max(self.schedule.period_seconds, LEAST_LONGEST_RETRY_SECONDS), LONGEST_RETRY_SECONDS)
        return min(longest, first * 2.0 ** min(failures - 1, 30))

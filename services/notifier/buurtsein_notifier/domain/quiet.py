"""Defines the quiet hours: cold messages wait until their end, hot messages are sent at once."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from buurtsein_kernel.days import BRUSSELS


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of each night, in Belgian time, in which cold messages wait; the end may be on the next day."""

    begin: time
    end: time

    def over_at(self, now: datetime) -> datetime | None:
        """Return the end of the quiet hours that a moment is in; None when it is outside quiet hours."""
        local = now.astimezone(BRUSSELS)
        hour, over = local.time(), datetime.combine(local.date(), self.end, BRUSSELS)
        if self.begin < self.end:
            return over if self.begin <= hour < self.end else None
        if hour >= self.begin:
            return over + timedelta(days=1)
        return over if hour < self.end else None

"""Defines the quiet hours, in which cold messages do not leave; hot ones always do."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from buurtsein_kernel.days import BRUSSELS


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of each night, in Belgian time, in which cold messages wait; the end may be on the next day."""

    begin: time
    end: time

    def over_at(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end in which a moment lies; None when it lies in none."""
        local = now.astimezone(BRUSSELS)
        hour, over = local.time(), datetime.combine(local.date(), self.end, BRUSSELS)
        if self.begin < self.end:
            return over if self.begin <= hour < self.end else None
        if hour >= self.begin:
            return over + timedelta(days=1)
        return over if hour < self.end else None

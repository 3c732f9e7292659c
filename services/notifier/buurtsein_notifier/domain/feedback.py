"""Says when the police owe the members feedback about a hot alert, and about which alerts they owe it."""

from dataclasses import dataclass
from datetime import datetime, time

from buurtsein_contracts.events.alert import CapStatus
from buurtsein_kernel.days import BRUSSELS, brussels_day, working_days_after


@dataclass(frozen=True, slots=True)
class FeedbackTerm:
    """When feedback about a hot alert is due."""

    hour: int = 18
    """The hour of the next working day, in Belgium, before which it is due (to confirm)."""
    exercises: bool = False
    """Whether feedback is also owed about exercises and tests, so that people can practise."""

    def due(self, status: CapStatus, sent_at: datetime) -> datetime | None:
        """Return the deadline for feedback about an alert that was sent at a moment; None if no feedback is owed."""
        if status is not CapStatus.ACTUAL and not self.exercises:
            return None
        return datetime.combine(working_days_after(brussels_day(sent_at), 1), time(self.hour), BRUSSELS)


USUAL = FeedbackTerm()

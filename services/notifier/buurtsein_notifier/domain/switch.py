"""Defines the kill-switch: while it is on, nothing is sent to BE-Alert."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """The kill-switch after its last use; before its first use it is off."""

    version: int = 0
    """The number of its last use; the store assigns it."""
    on: bool = False
    reason: str | None = None
    actor: str | None = None
    """The pseudonym of the person who used it last."""
    changed_at: datetime | None = None

    def used(self, *, on: bool, reason: str, actor: str, now: datetime) -> Self:
        """Return the kill-switch after one more use, with its new state, person, reason and time."""
        return replace(self, on=on, reason=reason, actor=actor, changed_at=now)

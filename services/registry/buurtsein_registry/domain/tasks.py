"""Defines tasks: work that officials must do before a day, such as a notice to the ministry, and mark as done.

Invariant: a task is marked as done once, and keeps who did it and when.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import conflict


class TaskKind(StrEnum):
    """The kind of a task for officials, such as a notice to the ministry or a decision on an appeal."""

    INFORM_FOD = "inform_fod"
    """Tell the FOD (the ministry of the interior) of a change in a network."""
    REPLACE_COORDINATOR = "replace_coordinator"
    """Give the office of a coordinator, who asked to be erased, to somebody else."""
    ASK_OTHERWISE = "ask_otherwise"
    """Ask a member by another channel for a number or address that works."""
    DECIDE_APPEAL = "decide_appeal"
    """Decide on the appeal of a removed coordinator."""


class Task(BaseModel):
    """A task of officials about a network, with the last day on which the task can be done in time."""

    task_id: UUID = Field(default_factory=uuid7)
    kind: TaskKind
    network_id: UUID
    about: str | None = None
    """What the task is about besides the network: a person's pseudonym, or a reference such as `charter 2`."""
    due_on: date
    opened_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    """The pseudonym of the official who marked the task as done."""

    @property
    def version(self) -> int:
        """Return the task's version, which is used in `If-Match` and changes when the task is done."""
        return 2 if self.done_at else 1

    def complete(self, actor: str, now: datetime) -> None:
        """Mark the task as done; raise DomainError `task_done` when it is marked already."""
        if self.done_at:
            raise conflict("task_done", "Deze taak is al gedaan.")
        self.done_at, self.done_by = now, actor


def task_due(kind: TaskKind, network_id: UUID, days: int, now: datetime, about: str | None = None) -> Task:
    """Return a new task that must be done within a number of days, counted from the present day in Belgium."""
    due_on = brussels_day(now) + timedelta(days=days)
    return Task(kind=kind, network_id=network_id, about=about, due_on=due_on, opened_at=now)

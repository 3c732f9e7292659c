"""Defines the roles of a process, and the settings that each task of a service reads.

A task is a role (`api`, `relay`, `worker`) or a command. A setting that is marked with `UsedBy` is read by those tasks
only; for another task its variable and its secret file are not read, and its value is None. So a process gets only the
secrets that it needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic.fields import FieldInfo


class Role(StrEnum):
    """The task of a process: to answer requests (api), publish the outbox (relay), or consume and run jobs (worker)."""

    API = "api"
    RELAY = "relay"
    WORKER = "worker"


class Task(StrEnum):
    """A part of a service's work, such as `api`, that reads settings; `consumers` is the worker's reading of topics."""

    API = "api"
    RELAY = "relay"
    WORKER = "worker"
    CONSUMERS = "consumers"
    MIGRATE = "migrate"
    RETENTION = "retention"


RUNNING = (Task.API, Task.RELAY, Task.WORKER)
"""The tasks of a process that runs until it is stopped."""
COMPOSED = frozenset({Task.API, Task.WORKER})
"""The tasks that need the service's own settings; the others need only those that every service has."""


@dataclass(frozen=True, slots=True, init=False)
class UsedBy:
    """Marks a setting, in its `Annotated` type, as read by the given tasks only."""

    tasks: frozenset[Task]

    def __init__(self, *tasks: Task) -> None:
        """Mark a setting as read by these tasks only."""
        object.__setattr__(self, "tasks", frozenset(tasks))


def reads(field: FieldInfo, tasks: Iterable[Task]) -> bool:
    """Return whether one of these tasks reads a setting; a setting without a mark is read by all tasks."""
    marks = [mark for mark in field.metadata if isinstance(mark, UsedBy)]
    return not marks or any(mark.tasks & set(tasks) for mark in marks)

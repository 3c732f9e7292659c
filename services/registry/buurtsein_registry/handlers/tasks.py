"""Handles the completion of officials' tasks; other handlers create the tasks."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import require_seen
from buurtsein_registry.domain.tasks import Task
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import TaskStore


async def complete_task(task_id: UUID, by: By, given: Dependencies, store: TaskStore) -> Task:
    """Mark a task as done, and store by whom and when; raise DomainError if the task was changed since it was read."""
    task = await store.task(task_id)
    require_seen(by.seen, task.version)
    task.complete(by.actor, given.clock.now())
    await store.save_task(task)
    return task

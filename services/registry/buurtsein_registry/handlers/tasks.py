"""Handles the tasks of officials; the handlers of other modules open them."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import require_seen
from buurtsein_registry.domain.tasks import Task
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import TaskStore


async def complete_task(task_id: UUID, by: By, given: Dependencies, store: TaskStore) -> Task:
    """Mark a task as done, and store who did it and when; raise DomainError if it changed since the person read it."""
    task = await store.task(task_id)
    require_seen(by.seen, task.version)
    task.complete(by.actor, given.clock.now())
    await store.save_task(task)
    return task

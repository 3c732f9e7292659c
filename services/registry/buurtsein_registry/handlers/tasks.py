"""Handles the tasks of officials; the handlers of other modules open them."""

from uuid import UUID

from buurtsein_registry.domain.tasks import Task
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import TaskStore


async def complete_task(task_id: UUID, actor: str, given: Dependencies, store: TaskStore) -> Task:
    """Mark a task as done, and store who did it and when."""
    task = await store.task(task_id)
    task.complete(actor, given.clock.now())
    await store.save_task(task)
    return task

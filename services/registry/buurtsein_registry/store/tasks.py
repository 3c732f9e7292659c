"""Loads and saves tasks, which tell officials what they must do by a day."""

from typing import override
from uuid import UUID

from buurtsein_kernel.problems import missing
from buurtsein_registry.domain.tasks import Task, TaskKind
from buurtsein_registry.handlers.stores import TaskStore
from buurtsein_registry.store.unit import Unit


class TaskTable(Unit, TaskStore):
    """Loads and saves tasks, which tell officials what they must do by a day."""

    @override
    async def open_task(self, task: Task) -> None:
        await self._connection.execute(
            """insert into task (task_id, kind, network_id, about, due_on, opened_at)
               values ($1, $2, $3, $4, $5, $6)""",
            task.task_id,
            task.kind,
            task.network_id,
            task.about,
            task.due_on,
            task.opened_at,
        )

    @override
    async def open_tasks(self, kind: TaskKind, about: str) -> list[Task]:
        rows = await self._connection.fetch(
            "select * from task where kind = $1 and about = $2 and done_at is null order by task_id for update",
            kind,
            about,
        )
        return [Task.model_validate(dict(row)) for row in rows]

    @override
    async def task(self, task_id: UUID) -> Task:
        row = await self._connection.fetchrow("select * from task where task_id = $1 for update", task_id)
        if row is None:
            raise missing("task_unknown", "Deze taak bestaat niet.")
        return Task.model_validate(dict(row))

    @override
    async def save_task(self, task: Task) -> None:
        await self._connection.execute(
            "update task set done_at = $2, done_by = $3 where task_id = $1", task.task_id, task.done_at, task.done_by
        )

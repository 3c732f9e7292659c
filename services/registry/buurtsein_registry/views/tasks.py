"""Makes the responses that show officials their tasks."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_registry.domain import tasks
from buurtsein_registry.domain.tasks import TaskKind


class Task(BaseModel):
    """A task of officials about a network, with the last day on which the task can be done in time."""

    task_id: UUID
    kind: TaskKind
    network_id: UUID
    about: str | None = None
    """What the task is about besides the network: a person's pseudonym, or a reference such as `charter 2`."""
    due_on: date
    opened_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a list of tasks; a filter that is None does not restrict the list."""

    done: bool
    kind: TaskKind | None
    network_id: UUID | None


def task_of(task: tasks.Task) -> Task:
    """Return the response that shows a task."""
    return Task.model_validate(task.model_dump() | {"version": task.version})


async def task_list(connection: Connection, wanted: Wanted, limit: int, after: UUID | None) -> Page[Task]:
    """Return a page of open or completed tasks, the earliest due date first."""
    rows = await connection.fetch(
        """select * from task
           where (done_at is not null) = $1 and ($2::text is null or kind = $2)
               and ($3::uuid is null or network_id = $3)
               and ($4::uuid is null or (due_on, task_id) > (select due_on, task_id from task where task_id = $4))
           order by due_on, task_id limit $5""",
        wanted.done,
        wanted.kind,
        wanted.network_id,
        after,
        limit + 1,
    )
    return page_of(
        [task_of(tasks.Task.model_validate(dict(row))) for row in rows], limit, lambda shown: str(shown.task_id)
    )

"""Defines the routes with which officials see their tasks and mark them as done."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.paging import Limit, Page
from buurtsein_registry import handlers, views
from buurtsein_registry.api.callers import DecidedByOfficials, Given, ReadByOfficials
from buurtsein_registry.domain.tasks import TaskKind
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.get("/tasks", response_model_exclude_none=True)
async def task_list(
    reading: ReadByOfficials,
    *,
    done: bool = False,
    kind: TaskKind | None = None,
    network_id: UUID | None = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[views.Task]:
    """List the open tasks of police and city or, with `done=true`, the completed tasks; the earliest due come first."""
    return await views.task_list(reading.connection, views.Wanted(done, kind, network_id), limit, cursor)


@router.post("/tasks/{task_id}/completion", response_model=views.Task)
async def complete_task(task_id: UUID, decision: DecidedByOfficials, given: Given) -> Response:
    """Mark a task as done; the header `If-Match` must contain the task's `version` from the list."""

    async def done(uow: UnitOfWork) -> Reply:
        task = await handlers.complete_task(task_id, decision.by, given, RegistryStore(uow, given.keyring))
        return Reply(views.task_of(task), task.version)

    return await decision.once(done)

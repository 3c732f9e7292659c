"""Defines the routes under `/v1/operations/projections`, which list projections and rebuild, verify or stop one."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.operations.audit import Operator, Verb, note
from buurtsein_chassis.operations.models import (
    Act,
    Outcome,
    Projections,
    ProjectionTask,
    RebuildProjection,
    ShownProjection,
)
from buurtsein_chassis.operations.routes.asking import ByOperator, DryRun, OfService, Operated, ReadByOperator
from buurtsein_chassis.problem import Problem
from buurtsein_chassis.projections import Projection, tasks
from buurtsein_chassis.projections.tasks import Standing

router = APIRouter(prefix="/operations/projections", tags=["operations"])


@router.get("", response_model_exclude_none=True)
async def list_projections(reading: ReadByOperator, operated: OfService) -> Projections:
    """List the projections of the service, whether each is stale, and the state of its last task."""
    standings = await tasks.standings(reading.connection, operated.projections)
    return Projections(projections=[_shown(standing) for standing in standings])


@router.post("/{name}/rebuild", response_model=Outcome)
async def rebuild_projection(
    name: str,
    act: RebuildProjection,
    call: ByOperator,
    operated: OfService,
    *,
    dry_run: DryRun = False,
) -> Response:
    """Let a worker compute all rows again from the topics, while the service keeps running.

    Outcomes: `asked`, or `busy` when a task of this projection is not finished.
    """
    projection = _projection(operated, name)

    async def ask(uow: UnitOfWork) -> str:
        return await tasks.ask(uow.connection, projection, "rebuild", keep_incomplete=act.keep_incomplete)

    return await call.once(_noted(ask, Verb.REBUILD, name, Operator(call.caller.actor, act.reason), dry_run=dry_run))


@router.post("/{name}/verify", response_model=Outcome)
async def verify_projection(
    name: str, act: Act, call: ByOperator, operated: OfService, *, dry_run: DryRun = False
) -> Response:
    """Let a worker compare all rows with rows computed from the events; change no row. Outcomes: `asked`, or `busy`."""
    projection = _projection(operated, name)

    async def ask(uow: UnitOfWork) -> str:
        return await tasks.ask(uow.connection, projection, "verify", keep_incomplete=False)

    return await call.once(_noted(ask, Verb.VERIFY, name, Operator(call.caller.actor, act.reason), dry_run=dry_run))


@router.post("/{name}/stop", response_model=Outcome)
async def stop_projection_task(
    name: str, act: Act, call: ByOperator, operated: OfService, *, dry_run: DryRun = False
) -> Response:
    """Stop a rebuild or a verification; the rows are not changed. Outcomes: `stopped`, or `idle`."""
    projection = _projection(operated, name)

    async def stop(uow: UnitOfWork) -> str:
        return await tasks.stop(uow.connection, projection.name)

    return await call.once(_noted(stop, Verb.STOP, name, Operator(call.caller.actor, act.reason), dry_run=dry_run))


def _noted(
    do: Callable[[UnitOfWork], Awaitable[str]], verb: Verb, name: str, by: Operator, *, dry_run: bool
) -> Callable[[UnitOfWork], Awaitable[Reply]]:
    """Return a handler that starts or stops a task by `do` and records the action; a dry run does nothing."""

    async def handle(uow: UnitOfWork) -> Reply:
        if dry_run:
            return Reply(Outcome(outcome="would-be"))
        outcome = await do(uow)
        await note(uow.connection, by, verb, {"projection": name})
        return Reply(Outcome(outcome=outcome))

    return handle


def _projection(operated: Operated, name: str) -> Projection[Any]:
    found = next((one for one in operated.projections if one.name == name), None)
    if found is None:
        raise Problem(404, "projection_unknown", "Deze dienst houdt geen projectie met die naam bij.")
    return found


def _shown(standing: Standing) -> ShownProjection:
    asked = standing.asked_at is not None
    return ShownProjection(
        name=standing.name,
        version=standing.version,
        stored_version=standing.stored_version,
        stale=standing.stale,
        rebuilt_at=standing.rebuilt_at,
        task=_task(standing) if asked else None,
    )


def _task(standing: Standing) -> ProjectionTask:
    shown: dict[str, Any] = {
        "task": standing.task,
        "state": standing.task_state,
        "asked_at": standing.asked_at,
        "ended_at": standing.ended_at,
        "records_read": standing.records_read,
        "records_of": standing.records_of,
    }
    known = {name: part for name, part in (standing.outcome or {}).items() if name in ProjectionTask.model_fields}
    return ProjectionTask.model_validate(shown | known)

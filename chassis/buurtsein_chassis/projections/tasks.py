"""Reads and writes the table `projection`: the version of a projection's rows, and its last rebuild or verification.

A task is a rebuild or a verification that an operator asked for. Invariant: only the worker that runs a task writes its
progress. When the task is stopped or replaced by a new one, the worker's writes change nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from buurtsein_chassis.database import Connection
from buurtsein_chassis.projections.declared import Projection

UNDER_WAY = ("asked", "running")


@dataclass(frozen=True, slots=True)
class Task:
    """A rebuild or a verification of a projection that an operator asked for."""

    projection: str
    task_id: UUID
    task: str
    keep_incomplete: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a projection: its declaration, and its row in the table `projection`."""

    name: str
    version: int
    """The version that this program declares."""
    stored_version: int | None
    """The version of the rows; None when no worker has registered this projection yet."""
    rebuilt_at: datetime | None
    task: str | None
    """The last task, `rebuild` or `verify`, or None; the members below describe this task."""
    task_state: str | None
    asked_at: datetime | None
    ended_at: datetime | None
    records_read: int
    records_of: int
    outcome: dict[str, Any] | None

    @property
    def stale(self) -> bool:
        """Return whether the rows were made by another version of the projection's code and must be rebuilt."""
        return self.stored_version is not None and self.stored_version != self.version


async def register(connection: Connection, projections: Sequence[Projection[Any]]) -> None:
    """Insert a row with the declared version for each projection that has no row yet."""
    await connection.executemany(
        "insert into projection (name, version) values ($1, $2) on conflict do nothing",
        [(projection.name, projection.version) for projection in projections],
    )


async def standings(connection: Connection, projections: Sequence[Projection[Any]]) -> list[Standing]:
    """Return each declared projection with its row, in the given order."""
    rows = await connection.fetch(
        """select declared.name, declared.version, p.version as stored_version, rebuilt_at, task, task_state, asked_at,
                  ended_at, coalesce(records_read, 0) as records_read, coalesce(records_of, 0) as records_of, outcome
           from unnest($1::text[], $2::int[]) with ordinality as declared (name, version, place)
           left join projection p using (name) order by place""",
        [projection.name for projection in projections],
        [projection.version for projection in projections],
    )
    return [Standing(**dict(row) | {"outcome": json.loads(row["outcome"] or "null")}) for row in rows]


async def ask(connection: Connection, projection: Projection[Any], task: str, *, keep_incomplete: bool) -> str:
    """Store a task for the workers and return `asked`; return `busy` while an earlier task is not finished."""
    await register(connection, [projection])
    asked = await connection.fetchval(
        """update projection set task = $2, task_id = $3, task_state = 'asked', keep_incomplete = $4, asked_at = now(),
               ended_at = null, records_read = 0, records_of = 0, outcome = null
           where name = $1 and coalesce(task_state, '') <> all($5::text[]) returning true""",
        projection.name,
        task,
        uuid4(),
        keep_incomplete,
        list(UNDER_WAY),
    )
    return "asked" if asked else "busy"


async def stop(connection: Connection, name: str) -> str:
    """Stop the task of a projection; return `stopped`, or `idle` when there is none to stop."""
    stopped = await connection.fetchval(
        """update projection set task_state = 'stopped', ended_at = now()
           where name = $1 and task_state = any($2::text[]) returning true""",
        name,
        list(UNDER_WAY),
    )
    return "stopped" if stopped else "idle"


async def under_way(connection: Connection, names: Sequence[str]) -> list[Task]:
    """Return the unfinished tasks of these projections: not begun, running, or abandoned by a dead worker."""
    rows = await connection.fetch(
        """select name as projection, task_id, task, keep_incomplete from projection
           where name = any($1::text[]) and task_state = any($2::text[]) order by asked_at""",
        list(names),
        list(UNDER_WAY),
    )
    return [Task(**dict(row)) for row in rows]


async def progressed(connection: Connection, task: Task, read: int, total: int) -> bool:
    """Store a task's progress (records read, and all records); return False when an operator has stopped the task."""
    still = await connection.fetchval(
        """update projection set task_state = 'running', records_read = $3, records_of = $4
           where name = $1 and task_id = $2 and task_state = any($5::text[]) returning true""",
        task.projection,
        task.task_id,
        read,
        total,
        list(UNDER_WAY),
    )
    return bool(still)


async def finish(connection: Connection, task: Task, state: str, outcome: dict[str, Any]) -> None:
    """Store the outcome of a task, `done` or `failed`; change nothing when an operator has stopped the task."""
    await connection.execute(
        """update projection set task_state = $3, ended_at = now(), outcome = $4
           where name = $1 and task_id = $2 and task_state = any($5::text[])""",
        task.projection,
        task.task_id,
        state,
        json.dumps(outcome),
        list(UNDER_WAY),
    )

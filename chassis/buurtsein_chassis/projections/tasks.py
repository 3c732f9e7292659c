"""The table `projection`: of which version the rows are, and what an operator asked of each projection last.

Invariant: only the worker that runs a task writes how it stands; a task that was stopped, or asked anew, is not its
task any more.
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
    """A rebuild or a verification that was asked for."""

    projection: str
    task_id: UUID
    task: str
    keep_incomplete: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A declared projection, and what the table tells of it."""

    name: str
    version: int
    """As the program declares it."""
    stored_version: int | None
    """Of the rows; None when no worker ever saw this projection."""
    rebuilt_at: datetime | None
    task: str | None
    """`rebuild` or `verify`, what was asked last; the rest tells how that stands."""
    task_state: str | None
    asked_at: datetime | None
    ended_at: datetime | None
    records_read: int
    records_of: int
    outcome: dict[str, Any] | None

    @property
    def stale(self) -> bool:
        """Whether the rows are of an earlier version than the program's."""
        return self.stored_version is not None and self.stored_version < self.version


async def register(connection: Connection, projections: Sequence[Projection[Any]]) -> None:
    """Insert a row for each projection that has none: nothing is kept of it yet, its rows will be of this version."""
    await connection.executemany(
        "insert into projection (name, version) values ($1, $2) on conflict do nothing",
        [(projection.name, projection.version) for projection in projections],
    )


async def standings(connection: Connection, projections: Sequence[Projection[Any]]) -> list[Standing]:
    """How every declared projection stands, in the order given."""
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
    """Ask the workers for a task; returns `asked`, or `busy`, changing nothing, when one is under way."""
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
    """Break a task off; returns `stopped`, or `idle` when none is under way."""
    stopped = await connection.fetchval(
        """update projection set task_state = 'stopped', ended_at = now()
           where name = $1 and task_state = any($2::text[]) returning true""",
        name,
        list(UNDER_WAY),
    )
    return "stopped" if stopped else "idle"


async def under_way(connection: Connection, names: Sequence[str]) -> list[Task]:
    """The tasks that are asked for, or were running when their worker stopped."""
    rows = await connection.fetch(
        """select name as projection, task_id, task, keep_incomplete from projection
           where name = any($1::text[]) and task_state = any($2::text[]) order by asked_at""",
        list(names),
        list(UNDER_WAY),
    )
    return [Task(**dict(row)) for row in rows]


async def progressed(connection: Connection, task: Task, read: int, total: int) -> bool:
    """Write down how far a task is; False when it was stopped meanwhile."""
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
    """Write down how a task ended, `done` or `failed`; nothing when it was stopped."""
    await connection.execute(
        """update projection set task_state = $3, ended_at = now(), outcome = $4
           where name = $1 and task_id = $2 and task_state = any($5::text[])""",
        task.projection,
        task.task_id,
        state,
        json.dumps(outcome),
        list(UNDER_WAY),
    )

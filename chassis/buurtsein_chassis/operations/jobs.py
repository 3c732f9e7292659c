"""Lists failed and overdue jobs for operators, and makes a job run now."""

from collections.abc import Collection
from datetime import datetime

from buurtsein_chassis.database import Connection
from buurtsein_chassis.jobs import Job, job_runs
from buurtsein_chassis.operations.audit import Operator, Verb, note

_RUN_NOW = """
insert into job_run (job, next_run_at) values ($1, now())
on conflict (job) do update set next_run_at = clock_timestamp()
returning coalesce(lease_until > now(), false) as running
"""
"""SQL that makes a job due. `clock_timestamp()` is read after the row is locked. So it is later than the start of a run
that a worker began meanwhile, and another run follows that run."""


async def run_now(connection: Connection, job: Job, by: Operator) -> str:
    """Make a job due at once; return `queued`, or `running` when a run is in progress and another one will follow."""
    async with connection.transaction():
        running = await connection.fetchval(_RUN_NOW, job.name)
        await note(connection, by, Verb.RUN_JOB, {"job": job.name})
    return "running" if running else "queued"


async def failed_and_overdue(connection: Connection, jobs: Collection[Job]) -> tuple[list[str], list[str]]:
    """Return two lists of names: the jobs whose last run failed, and the jobs that are overdue."""
    states = await job_runs.states(connection, jobs)
    failed = [state.name for state in states if state.failures_in_a_row]
    return failed, [state.name for state in states if state.overdue_seconds > job_runs.OVERDUE_SECONDS]


async def retention_ran_at(connection: Connection) -> datetime | None:
    """Return when retention last ran for all tables, the earliest of the tables' times; None if it never ran."""
    ran_at: datetime | None = await connection.fetchval("select min(ran_at) from retention_run")
    return ran_at

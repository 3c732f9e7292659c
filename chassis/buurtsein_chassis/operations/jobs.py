"""What an operator does with scheduled work: look, and have a job run now."""

from collections.abc import Collection
from datetime import datetime

from buurtsein_chassis.database import Connection
from buurtsein_chassis.jobs import Job, job_runs
from buurtsein_chassis.operations.audit import Operator, Verb, note

_RUN_NOW = """
insert into job_run (job, next_run_at) values ($1, now()) on conflict (job) do update set next_run_at = now()
returning coalesce(lease_until > now(), false) as running
"""


async def run_now(connection: Connection, job: Job, by: Operator) -> str:
    """Make a job due at once; returns `queued`, or `running` when a worker has it now: then it runs once more after."""
    async with connection.transaction():
        running = await connection.fetchval(_RUN_NOW, job.name)
        await note(connection, by, Verb.RUN_JOB, {"job": job.name})
    return "running" if running else "queued"


async def failed_and_overdue(connection: Connection, jobs: Collection[Job]) -> tuple[list[str], list[str]]:
    """Return the names of the jobs whose last run failed, and of those that nobody does."""
    states = await job_runs.states(connection, jobs)
    failed = [state.name for state in states if state.failures_in_a_row]
    return failed, [state.name for state in states if state.overdue_seconds > job_runs.OVERDUE_SECONDS]


async def retention_ran_at(connection: Connection) -> datetime | None:
    """Return when the tables were last cut to their bounds, by the bound that was cut the longest ago."""
    ran_at: datetime | None = await connection.fetchval("select min(ran_at) from retention_run")
    return ran_at

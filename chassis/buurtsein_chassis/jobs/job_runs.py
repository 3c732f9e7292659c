"""Reads and writes the table `job_run`: when each job is due, which worker has its lease, and how its last run ended.

All times are the database's `now()`. Invariant: only the worker that holds the lease of a job begins and ends a run.
The lease of a worker that died expires, and then another worker takes the job.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_chassis.jobs.schedule import Job

LEASE_MARGIN_SECONDS = 10.0
"""A lease lasts this much longer than the job's timeout, so that the end of a run that timed out can be stored."""
OVERDUE_SECONDS = 5.0
"""A job is overdue when it has been due for longer than this and no worker has taken it; workers look every second."""
LEASE_ENDED = "LeaseEnded"
"""The failure of a run whose lease expired, because its worker died during the run."""

_CLAIM = f"""
update job_run r
set lease_token = $3, lease_until = now() + make_interval(secs => due.seconds), last_started_at = now(),
    runs = r.runs + 1,
    failures = r.failures + (r.lease_token is not null)::int,
    failures_in_a_row = r.failures_in_a_row + (r.lease_token is not null)::int,
    last_outcome = case when r.lease_token is null then r.last_outcome else 'failed' end,
    last_failed_at = case when r.lease_token is null then r.last_failed_at else r.lease_until end,
    last_failure = case when r.lease_token is null then r.last_failure else '{LEASE_ENDED}' end
from unnest($1::text[], $2::float8[]) as due (job, seconds)
where r.job = due.job and r.next_run_at <= now() and (r.lease_until is null or r.lease_until <= now())
returning r.job
"""  # noqa: S608 # a constant of this module
_NEXT = "next_run_at = case when next_run_at > last_started_at then next_run_at else $3 end"
"""SQL for the time of the next run. If an operator asked for a run during this run, `next_run_at` is later than the
start of this run; then it is kept."""
_DONE = f"""
update job_run
set lease_token = null, lease_until = null, {_NEXT}, last_ended_at = now(), last_succeeded_at = now(),
    last_outcome = 'done', failures_in_a_row = 0
where job = $1 and lease_token = $2
"""  # noqa: S608 # a constant of this module
_FAILED = f"""
update job_run
set lease_token = null, lease_until = null, {_NEXT}, last_ended_at = now(), last_failed_at = now(),
    last_failure = $4, last_outcome = 'failed', failures = failures + 1, failures_in_a_row = failures_in_a_row + 1
where job = $1 and lease_token = $2
"""  # noqa: S608 # a constant of this module
_GIVEN_BACK = """
update job_run set lease_token = null, lease_until = null, next_run_at = now()
where lease_token = $1 and ($2::text is null or job = $2)
"""


@dataclass(frozen=True, slots=True)
class JobState:
    """The present state of one job: its declaration and its row in the table `job_run`."""

    name: str
    schedule: str
    next_run_at: datetime | None
    """When the next run is due; None when no worker has registered this job yet."""
    running: bool
    last_started_at: datetime | None
    last_ended_at: datetime | None
    last_outcome: str | None
    """The outcome of the last run, `done` or `failed`; None when no run ended yet."""
    last_succeeded_at: datetime | None
    last_failed_at: datetime | None
    last_failure: str | None
    """The last failure: class and place of the error, without its message."""
    runs: int
    failures: int
    failures_in_a_row: int
    overdue_seconds: float
    """The seconds for which the next run has been due; 0 while the job runs."""


async def register(connection: Connection, jobs: Collection[Job]) -> None:
    """Insert a row for each job that has no row yet, with the time of its first run."""
    now = await connection.fetchval("select now()")
    await connection.executemany(
        "insert into job_run (job, next_run_at) values ($1, $2) on conflict do nothing",
        [(job.name, job.schedule.first_run(now)) for job in jobs],
    )


async def claim_due(connection: Connection, jobs: Collection[Job], token: UUID) -> set[str]:
    """Take the lease of each job that is due and that no other worker holds; return the names of these jobs."""
    rows = await connection.fetch(
        _CLAIM, [job.name for job in jobs], [job.timeout + LEASE_MARGIN_SECONDS for job in jobs], token
    )
    return {row["job"] for row in rows}


async def finish(connection: Connection, job: Job, token: UUID, failure: str | None) -> None:
    """Store how a run ended and when the next run is due; do nothing when another worker holds the lease now.

    When an operator asked for another run during this run, the time of that run is kept.
    """
    row = await connection.fetchrow("select now() as now, failures_in_a_row from job_run where job = $1", job.name)
    if row is None:
        return
    if failure is None:
        await connection.execute(_DONE, job.name, token, job.schedule.next_run(row["now"]))
        return
    retry_at = row["now"] + timedelta(seconds=job.retry_seconds(row["failures_in_a_row"] + 1))
    await connection.execute(_FAILED, job.name, token, retry_at, failure)


async def give_back(connection: Connection, token: UUID, job: Job | None = None) -> None:
    """Release the lease of a job and make it due at once, because this worker stops before the run has ended.

    Without a job, release all leases with this token; call it so only before any of these runs has begun.
    """
    await connection.execute(_GIVEN_BACK, token, job.name if job else None)


async def states(connection: Connection, jobs: Collection[Job]) -> list[JobState]:
    """Return the state of each declared job, in the given order, also of jobs that never ran."""
    rows = await connection.fetch(
        """select declared.name, declared.schedule, next_run_at, coalesce(lease_until > now(), false) as running,
                  last_started_at, last_ended_at, last_outcome, last_succeeded_at, last_failed_at, last_failure,
                  coalesce(runs, 0) as runs, coalesce(failures, 0) as failures,
                  coalesce(failures_in_a_row, 0) as failures_in_a_row,
                  case when lease_until > now() then 0 else
                       coalesce(greatest(0, extract(epoch from now() - next_run_at)), 0) end::float8 as overdue_seconds
           from unnest($1::text[], $2::text[]) with ordinality as declared (name, schedule, place)
           left join job_run on job = declared.name order by place""",
        [job.name for job in jobs],
        [str(job.schedule) for job in jobs],
    )
    return [JobState(**dict(row)) for row in rows]

"""Runs the jobs that are due, in every worker of a service; a lease in the database lets one worker run each job.

Invariant: a job that fails or hangs does not stop the other jobs. While the database is not available, the scheduler
waits and tries again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID, uuid4

import structlog

from buurtsein_chassis import metrics
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.database import DATABASE_ERRORS, Connection, Database
from buurtsein_chassis.health import Probe
from buurtsein_chassis.jobs import job_runs
from buurtsein_chassis.jobs.job_runs import JobState
from buurtsein_chassis.jobs.schedule import Job
from buurtsein_chassis.logs import place_of
from buurtsein_chassis.service import Run

POLL_SECONDS = 1.0
QUIET_PERIOD_SECONDS = 60.0
"""Successful runs of a job with a shorter period are logged on level debug; failures are always logged as errors."""

log = structlog.get_logger("jobs")


class Scheduler:
    """Runs the jobs of one worker process."""

    def __init__(self, jobs: Mapping[Job, Run], database: Database, probes: Mapping[str, Probe]) -> None:
        """Take the function of each job, the database, and the health probe of each job by its name."""
        self._jobs = jobs
        self._database = database
        self._probes = probes
        self._registered = False

    async def run(self) -> None:
        """Look for due jobs every second and run them side by side, until cancelled."""
        backoff = Backoff(first=1, most=10)
        async with asyncio.TaskGroup() as runs:
            while True:
                try:
                    await self._start_due(runs)
                except DATABASE_ERRORS as error:
                    delay = backoff.next()
                    log.warning("jobs.retry", error=type(error).__name__, delay_seconds=round(delay, 2))
                    self._tell_database_away()
                    await asyncio.sleep(delay)
                else:
                    backoff.reset()
                    await asyncio.sleep(POLL_SECONDS)

    async def _start_due(self, runs: asyncio.TaskGroup) -> None:
        token = uuid4()
        claimed = await self._claimed(token)
        for job in self._jobs:
            if job.name in claimed:
                runs.create_task(self._run_once(job, token))
        async with self._database.connection() as connection:
            for state in await job_runs.states(connection, self._jobs):
                self._tell(state)

    async def _claimed(self, token: UUID) -> set[str]:
        """Take the leases of the jobs that are due; return the names of these jobs.

        If the worker is stopped during the claim, it gives the leases back, because the database may have committed.
        """
        try:
            async with self._database.connection() as connection:
                if not self._registered:
                    await job_runs.register(connection, self._jobs)
                    self._registered = True
                return await job_runs.claim_due(connection, self._jobs, token)
        except asyncio.CancelledError:
            await asyncio.shield(self._write(partial(job_runs.give_back, token=token), until=0))
            raise

    def _tell(self, state: JobState) -> None:
        """Update a job's health probe with the state of its last run.

        The probe reports a stall when the job is overdue, and also when this method is no longer called.
        """
        probe = self._probes[state.name]
        probe.started = True
        probe.failed = state.failures_in_a_row > 0
        overdue = state.overdue_seconds > job_runs.OVERDUE_SECONDS
        probe.behind(has_work=True, finished_at=0.0 if overdue else time.monotonic())

    def _tell_database_away(self) -> None:
        for probe in self._probes.values():
            probe.behind(has_work=True, finished_at=0.0, excused=True)

    async def _run_once(self, job: Job, token: UUID) -> None:
        """Run a job and store the outcome; if the worker is stopped during the run, it gives the job back.

        If the worker is stopped while it stores the outcome, it stores the outcome once more. This changes nothing if
        the database has committed the first time.
        """
        lease_ends = time.monotonic() + job.timeout + job_runs.LEASE_MARGIN_SECONDS
        settle = partial(job_runs.give_back, token=token, job=job)
        try:
            failure = await self._failure_of(job)
            settle = partial(job_runs.finish, token=token, job=job, failure=failure)
            await self._write(settle, until=lease_ends)
        except asyncio.CancelledError:
            await asyncio.shield(self._write(settle, until=0))
            raise

    async def _write(self, write: Callable[[Connection], Awaitable[None]], until: float) -> None:
        """Store the outcome of a run; while the database is away, retry until the lease has expired."""
        backoff = Backoff(first=0.2, most=5)
        while True:
            try:
                async with self._database.connection() as connection:
                    await write(connection)
            except DATABASE_ERRORS as error:
                log.warning("jobs.unrecorded", error=type(error).__name__)
                if time.monotonic() > until:
                    return
                await asyncio.sleep(backoff.next())
            else:
                return

    async def _failure_of(self, job: Job) -> str | None:
        """Run a job; return None when it succeeded, else the class of its error and the place where it was raised."""
        began = time.perf_counter()
        error: Exception | None = None
        try:
            async with asyncio.timeout(job.timeout):
                await self._jobs[job](self._database)
        except Exception as raised:  # noqa: BLE001 - an error of one job must not stop the others
            error = raised
        seconds = time.perf_counter() - began
        metrics.JOB_SECONDS.labels(job.name, "failed" if error else "done").observe(seconds)
        milliseconds = round(seconds * 1000, 1)
        if error:
            log.error("job.failed", job=job.name, milliseconds=milliseconds, exc_info=error)
            return place_of(error)
        frequent = job.schedule.period_seconds < QUIET_PERIOD_SECONDS
        (log.debug if frequent else log.info)("job.done", job=job.name, milliseconds=milliseconds)
        return None

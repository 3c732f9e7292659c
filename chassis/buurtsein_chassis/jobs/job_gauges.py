"""Refreshes the gauges of the jobs, each time that the gauges of database tables are refreshed."""

from collections.abc import Collection

from buurtsein_chassis import metrics
from buurtsein_chassis.database import Connection
from buurtsein_chassis.jobs import job_runs
from buurtsein_chassis.jobs.schedule import Job
from buurtsein_chassis.table_gauges import Refresh


def refreshing(jobs: Collection[Job]) -> Refresh:
    """Return a function that reads the rows of these jobs in the table `job_run` and sets their gauges."""

    async def refresh(connection: Connection) -> None:
        for state in await job_runs.states(connection, jobs):
            succeeded = state.last_succeeded_at
            metrics.JOB_SUCCEEDED_AT.labels(state.name).set(succeeded.timestamp() if succeeded else 0)
            metrics.JOB_FAILURES.labels(state.name).set(state.failures_in_a_row)
            metrics.JOB_OVERDUE.labels(state.name).set(state.overdue_seconds)

    return refresh

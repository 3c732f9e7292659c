"""Defines the routes under `/v1/operations/jobs`, which list the jobs of a service and run one now."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.jobs import job_runs
from buurtsein_chassis.operations import jobs
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.models import Act, Jobs, Outcome, ScheduledJob
from buurtsein_chassis.operations.routes.asking import ByOperator, DryRun, OfService, ReadByOperator
from buurtsein_chassis.problem import Problem

router = APIRouter(prefix="/operations/jobs", tags=["operations"])


@router.get("", response_model_exclude_none=True)
async def list_jobs(reading: ReadByOperator, operated: OfService) -> Jobs:
    """List the jobs of the service with their last and next run, also jobs that never ran."""
    states = await job_runs.states(reading.connection, operated.jobs)
    ran_at = await jobs.retention_ran_at(reading.connection)
    return Jobs(jobs=[ScheduledJob(**asdict(state)) for state in states], retention_ran_at=ran_at)


@router.post("/{name}/run", response_model=Outcome)
async def run_job(name: str, act: Act, call: ByOperator, operated: OfService, *, dry_run: DryRun = False) -> Response:
    """Make a job due now, so that a worker runs it within seconds.

    Outcomes: `queued`, or `running` when a worker runs the job at this moment; it then runs once more.
    """
    job = next((job for job in operated.jobs if job.name == name), None)
    if job is None:
        raise Problem(404, "job_unknown", "Deze dienst heeft geen taak met die naam.")

    async def handle(uow: UnitOfWork) -> Reply:
        by = Operator(call.caller.actor, act.reason)
        return Reply(Outcome(outcome="would-be" if dry_run else await jobs.run_now(uow.connection, job, by)))

    return await call.once(handle)

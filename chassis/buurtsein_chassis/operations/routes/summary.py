"""Defines the route `/v1/operations/summary`, which shows whether an operator must act."""

from dataclasses import asdict

from fastapi import APIRouter

from buurtsein_chassis.operations import dead_letters, jobs, outbox, parked, recovery
from buurtsein_chassis.operations.models import OutboxStatus, Summary
from buurtsein_chassis.operations.routes.asking import OfService, ReadByOperator
from buurtsein_chassis.projections import tasks

router = APIRouter(prefix="/operations/summary", tags=["operations"])


@router.get("", response_model_exclude_none=True)
async def summarise(reading: ReadByOperator, operated: OfService) -> Summary:
    """Return the numbers of unpublished events, dead letters, parked streams, and failed and overdue jobs."""
    failed, overdue = await jobs.failed_and_overdue(reading.connection, operated.jobs)
    standings = await tasks.standings(reading.connection, operated.projections)
    return Summary(
        service=operated.service,
        outbox=OutboxStatus(**asdict(await outbox.status(reading.connection))),
        dead_letters=await dead_letters.count_open(reading.connection),
        parked_streams=await parked.count(reading.connection),
        failed_jobs=failed,
        overdue_jobs=overdue,
        retention_ran_at=await jobs.retention_ran_at(reading.connection),
        recovered_events=await recovery.count_open(reading.connection),
        stale_projections=[one.name for one in standings if one.stale],
    )

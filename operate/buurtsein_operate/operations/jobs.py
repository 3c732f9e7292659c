"""Defines `buurtsein jobs` (scheduled jobs) and `buurtsein summary` (what needs an operator's attention)."""

import asyncio
from typing import Annotated

import typer

from buurtsein_operate.operations.reach import checked
from buurtsein_operate.operations.services import Operations, Row, Way, way
from buurtsein_operate.output import Direct, DryRun, Json, OfService, Reason, Who, document, listing

app = typer.Typer(help="Scheduled jobs of the services.")

COLUMNS = ("service", "name", "schedule", "last_ended_at", "last_outcome", "next_run_at", "overdue", "last_failure")
CONCERNS = ("failed_jobs", "overdue_jobs", "stale_projections")
SUMMARY = ("service", "pending", "oldest_seconds", "frozen", "dead_letters", "parked", "recovered_events", *CONCERNS)
OVERDUE_SECONDS = 5.0


@app.callback(invoke_without_command=True)
def show_all(
    context: typer.Context, service: OfService = None, *, direct: Direct = False, as_json: Json = False
) -> None:
    """List all jobs with last and next run; exit 1 when a job's last run failed, or an overdue job is not running.

    The row `retention` shows when `buurtsein retention run` last deleted old rows.
    """
    if context.invoked_subcommand is not None:
        return
    rows = asyncio.run(way(service, direct=direct).each(_list))
    listing(rows, COLUMNS, as_json=as_json)
    if any(row.get("last_outcome") == "failed" or row["overdue"] for row in rows):
        raise typer.Exit(1)


@app.command("run")
def run_now(
    service: Annotated[str, typer.Argument(help="The service that has the job.")],
    name: Annotated[str, typer.Argument(help="The job's name, as `jobs` shows it.")],
    reason: Reason = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Let a worker run a job now, before the job is due."""
    where = way(service, direct=direct, who=who)
    outcome = asyncio.run(_run(where, service, name, checked(reason, dry_run=dry_run), dry_run=dry_run))
    listing([{"service": service, "name": name, "outcome": outcome}], ("service", "name", "outcome"), as_json=as_json)


def summary(service: OfService = None, *, direct: Direct = False, as_json: Json = False) -> None:
    """Show for each service what may need an operator's attention; exit 1 when something does.

    A service of the release before may leave a figure out; the table then shows `-`.
    """
    rows = asyncio.run(way(service, direct=direct).each(_summary))
    if as_json:
        document(rows)
    else:
        listing([_flat(row) for row in rows], SUMMARY, as_json=False)
    if any(_needs_somebody(row) for row in rows):
        raise typer.Exit(1)


async def _list(operations: Operations) -> list[Row]:
    service, jobs = operations.service, await operations.get("jobs")
    rows = [{"service": service, **job, "overdue": job["overdue_seconds"] > OVERDUE_SECONDS} for job in jobs["jobs"]]
    return [*rows, _retention(service, jobs.get("retention_ran_at"))]


def _retention(service: str, ran_at: str | None) -> Row:
    """Return the table row that shows when retention last ran.

    Retention is no job of a worker, because it needs the rights of the tables' owner.
    """
    outcome = "done" if ran_at else None
    row = {"service": service, "name": "retention", "schedule": "by `retention run`", "last_ended_at": ran_at}
    return row | {"last_outcome": outcome, "next_run_at": None, "overdue": False, "last_failure": None}


async def _run(where: Way, service: str, name: str, reason: str, *, dry_run: bool) -> str:
    async with where.to(service) as operations:
        answer = await operations.act(f"jobs/{name}/run", {"reason": reason}, dry_run=dry_run)
    return str(answer["outcome"])


async def _summary(operations: Operations) -> list[Row]:
    return [await operations.get("summary")]


def _flat(row: Row) -> Row:
    outbox = row["outbox"]
    counted = {"pending": outbox["pending"], "oldest_seconds": outbox["oldest_seconds"]}
    named = {name: ", ".join(row[name]) for name in CONCERNS}
    shown = {"frozen": outbox["frozen_streams"], "parked": row["parked_streams"]}
    return {"recovered_events": "-"} | row | counted | named | shown


def _needs_somebody(row: Row) -> bool:
    stuck = row["dead_letters"] + row["parked_streams"] + row["outbox"]["frozen_streams"]
    return bool(stuck or row.get("recovered_events") or any(row[name] for name in CONCERNS))

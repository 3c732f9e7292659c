"""Defines the command `buurtsein projections`, which lists, verifies and rebuilds projections."""

import asyncio
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.operations.reach import checked
from buurtsein_operate.operations.services import Operations, Row, Way, way
from buurtsein_operate.output import Direct, DryRun, Json, OfService, Reason, Who, listing

app = typer.Typer(no_args_is_help=True, help="What services keep of others' events.")

LISTED = ("service", "name", "version", "stored_version", "stale", "rebuilt_at", "task", "state")
ENDED = ("service", "name", "task", "state", "records_read", "differing", "incomplete", "reason", "keys")
POLL_SECONDS = 0.5
BEGIN_SECONDS = 60.0
"""The command fails when no worker has begun with the task after this many seconds."""

Service = Annotated[str, typer.Argument(help="Whose projection.")]
Name = Annotated[str, typer.Argument(help="The projection, as the list names it.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Only ask for it; `list` tells how it stands.")]
KeepIncomplete = Annotated[
    bool,
    typer.Option(
        "--keep-incomplete", help="Keep the rows of streams of which the topic lacks events, instead of refusing."
    ),
]


@app.command("list")
def show_all(service: OfService = None, *, direct: Direct = False, as_json: Json = False) -> None:
    """List all projections; exit 1 when a projection's rows were made by another version of its code."""
    rows = asyncio.run(way(service, direct=direct).each(_rows))
    listing(rows, LISTED, as_json=as_json)
    if any(row["stale"] for row in rows):
        raise typer.Exit(1)


@app.command()
def rebuild(  # noqa: PLR0913 # each is an option of the command
    service: Service,
    name: Name,
    reason: Reason = None,
    who: Who = None,
    *,
    keep_incomplete: KeepIncomplete = False,
    no_wait: NoWait = False,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Let a worker make all rows again from the topic while the service goes on; exit 1 when the rebuild failed.

    Interrupting this command does not stop the worker; `projections stop` does.
    """
    body = {"reason": checked(reason, dry_run=dry_run), "keep_incomplete": keep_incomplete}
    where = way(service, direct=direct, who=who)
    row = asyncio.run(_task(where, service, name, "rebuild", body, wait=not no_wait, dry_run=dry_run))
    listing([row], ENDED, as_json=as_json)
    raise typer.Exit(0 if row["state"] in {"done", "asked", "would-be"} else 1)


@app.command()
def verify(
    service: Service,
    name: Name,
    reason: Reason = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Let a worker compare all rows with the events on the topic; exit 1 when rows differ or were not compared."""
    body = {"reason": checked(reason, dry_run=dry_run)}
    where = way(service, direct=direct, who=who)
    row = asyncio.run(_task(where, service, name, "verify", body, wait=True, dry_run=dry_run))
    listing([row], ENDED, as_json=as_json)
    same = row["state"] == "would-be" or (row["state"] == "done" and not row["differing"] and not row["incomplete"])
    raise typer.Exit(0 if same else 1)


@app.command()
def stop(
    service: Service,
    name: Name,
    reason: Reason = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Stop a running rebuild or verification of a projection; the projection's rows stay as they are."""
    body = {"reason": checked(reason, dry_run=dry_run)}
    where = way(service, direct=direct, who=who)
    outcome = asyncio.run(_act(where, service, f"projections/{name}/stop", body, dry_run=dry_run))
    listing([{"service": service, "name": name, "outcome": outcome}], ("service", "name", "outcome"), as_json=as_json)


def _row(service: str, shown: Row) -> Row:
    """Return one table row for a projection, with the projection's last task."""
    keys = {"differing": None, "incomplete": None, "task": None, "state": None}
    task = shown.get("task") or {}
    named = [*(task.get("differing_keys") or ()), *(task.get("incomplete_keys") or ())]
    return {"service": service, **keys, **shown, **task, "task": task.get("task"), "keys": ", ".join(named)}


async def _act(where: Way, service: str, path: str, body: Row, *, dry_run: bool) -> str:
    async with where.to(service) as operations:
        return str((await operations.act(path, body, dry_run=dry_run))["outcome"])


async def _task(where: Way, service: str, name: str, task: str, body: Row, *, wait: bool, dry_run: bool) -> Row:
    """Let a worker do a task, and wait for its end; raise CommandError `busy` when another task is running."""
    async with where.to(service) as operations:
        asked = await operations.act(f"projections/{name}/{task}", body, dry_run=dry_run)
        if asked["outcome"] == "busy":
            raise CommandError("busy", f"{name} is being rebuilt or verified already: wait, or `projections stop`")
        if dry_run or not wait:
            return {"service": service, "name": name, "task": task, "state": asked["outcome"]}
        return await _ended(operations, name)


async def _ended(operations: Operations, name: str) -> Row:
    """Wait until a task has ended, show its progress on standard error, and return its result."""
    begins_by = time.monotonic() + BEGIN_SECONDS
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("records"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        bar = shown.add_task(name, total=None)
        while True:
            row = next(one for one in await _rows(operations) if one["name"] == name)
            shown.update(bar, completed=row["records_read"], total=row["records_of"] or None)
            if row["state"] not in {"asked", "running"}:
                return row
            if row["state"] == "asked" and time.monotonic() > begins_by:
                raise CommandError("no-worker", f"no worker of {operations.service} has begun: start one, and it will")
            await asyncio.sleep(POLL_SECONDS)


async def _rows(operations: Operations) -> list[Row]:
    return [_row(operations.service, one) for one in (await operations.get("projections"))["projections"]]

"""Defines `buurtsein vault`, which lists the keys of personal data and encrypts the data again with the newest key."""

import asyncio
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.operations.reach import checked
from buurtsein_operate.operations.services import Operations, Row, way
from buurtsein_operate.output import DryRun, Json, Reason, document, listing

app = typer.Typer(no_args_is_help=True, help="The keys under which personal data are encrypted.")

JOB = "jobs/vault_encryption/run"
Of = Annotated[str, typer.Option("--service", help="The service whose keys are meant.")]
COLUMNS = ("key_id", "newest", "persons")
POLL_SECONDS = 0.5
STALLED_SECONDS = 120.0
"""The command fails when no worker has encrypted anything for this many seconds."""


@app.command("keys")
def show_keys(*, service: Of = "registry", as_json: Json = False) -> None:
    """List a service's keys, newest first, with the persons encrypted under each; exit 1 if some have an older key."""
    shown = asyncio.run(_shown(service))
    _print(shown, as_json=as_json)
    if shown["waiting"]:
        raise typer.Exit(1)


@app.command()
def rotate(reason: Reason = None, *, service: Of = "registry", dry_run: DryRun = False, as_json: Json = False) -> None:
    """Have the worker encrypt all personal data again with the newest key, and wait until it has done so.

    Afterwards you can remove each key for which the table shows no persons.

    Interrupting this command does not stop the worker. What it did stays done, and a later run does the rest.
    """
    shown = asyncio.run(_rotated(service, checked(reason, dry_run=dry_run), dry_run=dry_run))
    _print(shown, as_json=as_json)


def _print(shown: Row, *, as_json: bool) -> None:
    if as_json:
        document(shown)
    else:
        listing(shown["keys"], COLUMNS, as_json=False)


async def _shown(service: str) -> Row:
    async with way(service).to(service) as operations:
        shown: Row = await operations.get("vault")
        return shown


async def _rotated(service: str, reason: str, *, dry_run: bool) -> Row:
    async with way(service).to(service) as operations:
        await operations.act(JOB, {"reason": reason}, dry_run=dry_run)
        shown: Row = await operations.get("vault") if dry_run else await _finished(operations, service)
        return shown


async def _finished(operations: Operations, service: str) -> Row:
    """Wait until all personal data are under the newest key, show progress on standard error, and return the keys."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("persons"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        first = left = (await operations.get("vault"))["waiting"]
        bar, moved_at = shown.add_task("encrypting", total=first), time.monotonic()
        while True:
            row: Row = await operations.get("vault")
            if row["waiting"] != left:
                left, moved_at = row["waiting"], time.monotonic()
            shown.update(bar, completed=first - left)
            if not left:
                return row
            if time.monotonic() - moved_at > STALLED_SECONDS:
                raise CommandError("no-worker", f"no worker of {service} encrypts: look at `buurtsein jobs`")
            await asyncio.sleep(POLL_SECONDS)

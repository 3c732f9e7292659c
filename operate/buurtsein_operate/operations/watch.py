"""Defines `buurtsein lag`, `buurtsein verify` (compares event logs and topics) and `buurtsein retention`."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, service_names, topics
from buurtsein_operate import local_stack
from buurtsein_operate.operations import groups
from buurtsein_operate.operations.compare import Compared, compare
from buurtsein_operate.operations.differences import Difference
from buurtsein_operate.operations.reach import Reach, reach
from buurtsein_operate.output import DryRun, Json, OfService, document, listing

PAUSE_SECONDS = 1.0
NAMED = 20
"""The largest number of differences that is listed for a person; the figures count all differences."""

retention = typer.Typer(no_args_is_help=True, help="How long rows are kept.")


def lag(*, as_json: Json = False) -> None:
    """Show how many records of each topic each consumer group has not read yet."""
    rows = [asdict(row) for row in groups.lags(reach().cluster)]
    listing(rows, ("group", "topic", "lag", "state", "members"), as_json=as_json)


def verify(
    *,
    wait: Annotated[float, typer.Option(help="Seconds to wait for events that are on their way.")] = 10.0,
    as_json: Json = False,
) -> None:
    """Compare event logs, topics and consumers; exit 1 when they differ. All topics are read from the beginning.

    The first differences are listed by key, version and event id. An event that is still pending after the wait is a
    difference too.
    """
    compared = asyncio.run(_settled(reach(), wait))
    differences = [each for one in compared for each in one.differences]
    if as_json:
        named = [each._asdict() for each in differences[:NAMED]]
        figures = [one.figures() for one in compared]
        balanced = not differences
        document({"balanced": balanced, "differences": named, "differing": len(differences), "topics": figures})
    else:
        _tell(compared)
        _name(differences)
    if differences:
        raise typer.Exit(1)


async def _settled(where: Reach, wait: float) -> list[Compared]:
    """Compare all topics; compare those that differ again, until none differs or the time is over."""
    until, deadline = datetime.now(UTC), time.monotonic() + wait
    compared = [await compare(where, topic, until) for topic in topics()]
    while not all(one.balanced for one in compared) and time.monotonic() < deadline:
        await asyncio.sleep(PAUSE_SECONDS)
        again = zip(topics(), compared, strict=True)
        compared = [one if one.balanced else await compare(where, topic, until) for topic, one in again]
    return compared


def _tell(compared: Sequence[Compared]) -> None:
    rows = [one.figures() | {"": "ok" if one.balanced else "DIFFERS"} for one in compared]
    figures = [name for name in rows[0] if name not in {"consumers", "balanced"}]
    listing(rows, figures, as_json=False)
    readers = [asdict(reader) for one in compared for reader in one.consumers]
    listing(readers, tuple(readers[0]), as_json=False)


def _name(differences: Sequence[Difference]) -> None:
    if not differences:
        return
    listing([each._asdict() for each in differences[:NAMED]], Difference._fields, as_json=False)
    if len(differences) > NAMED:
        typer.echo(f"and {len(differences) - NAMED} more")


@retention.callback()
def _group() -> None:
    """Make typer keep the word `run` in the command although it is the only subcommand."""


@retention.command("run")
def cut(service: OfService = None, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Delete rows that are older than their table's limit, in every service; run this once a day from cron."""
    names = [manifest_of(service).name] if service else service_names()
    rows = [row for name in names for row in _cut(name, dry_run=dry_run)]
    listing(rows, ("service", "bound", "days", "rows"), as_json=as_json)


def _cut(service: str, *, dry_run: bool) -> list[dict[str, Any]]:
    """Run a service's retention command, with the settings of the one-machine stack if one runs on this machine."""
    stack = local_stack.running()
    local = stack["services"][service]["environment"] if stack else {}
    command = [sys.executable, "-m", manifest_of(service).package, "retention", "--json"]
    done = subprocess.run(
        [*command, *(["--dry-run"] if dry_run else [])],
        env=os.environ | local,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
        raise CommandError("retention", f"{service} could not delete its old rows: {lines[-1]}")
    return [{"service": service, **row} for row in json.loads(done.stdout)]

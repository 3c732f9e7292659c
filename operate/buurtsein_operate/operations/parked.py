"""Defines `buurtsein parked`, for streams whose parked events wait for a missing earlier event."""

import asyncio
from functools import partial
from typing import Annotated

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.operations.reach import checked
from buurtsein_operate.operations.services import Operations, Row, way
from buurtsein_operate.output import Direct, DryRun, Json, OfConsumer, OfKey, OfService, Reason, Who, listing

app = typer.Typer(no_args_is_help=True, help="Events that wait for a missing earlier event.")

COLUMNS = ("service", "consumer", "topic", "key", "position", "first", "events", "seconds", "dead")


@app.command("list")
def show_all(
    service: OfService = None,
    consumer: OfConsumer = None,
    key: OfKey = None,
    *,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """List waiting streams, oldest first: last applied version, first parked version, and seconds of waiting."""
    rows = asyncio.run(way(service, direct=direct).each(partial(_streams, consumer=consumer, key=key)))
    listing(sorted(rows, key=lambda row: -row["seconds"]), COLUMNS, as_json=as_json)


@app.command("release")
def let_go(  # noqa: PLR0913 - each is an option of the command
    key: Annotated[str, typer.Option("--key", help="The stream's key.")],
    reason: Reason = None,
    service: OfService = None,
    consumer: OfConsumer = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Let a stream go on without the missing events; if these arrive later, consumers drop them.

    First try `replay log` on the service that owns the topic: it publishes lost events again.

    Exit 1 when the service refuses the release.
    """
    why = checked(reason, dry_run=dry_run)
    act = partial(_release, consumer=consumer, key=key, reason=why, dry_run=dry_run)
    rows = asyncio.run(way(service, direct=direct, who=who).each(act))
    if not rows:
        raise CommandError("not-parked", f"nothing waits in a stream with key {key}")
    listing(rows, (*COLUMNS, "outcome"), as_json=as_json)
    if any(row["outcome"] not in {"released", "would-be"} for row in rows):
        raise typer.Exit(1)


async def _streams(operations: Operations, *, consumer: str | None, key: str | None) -> list[Row]:
    rows = await operations.rows("parked", consumer=consumer, key=key)
    return [{"service": operations.service, **row} for row in rows]


async def _release(operations: Operations, *, consumer: str | None, key: str, reason: str, dry_run: bool) -> list[Row]:
    rows = await _streams(operations, consumer=consumer, key=key)
    for row in rows:
        seen = {name: row[name] for name in ("consumer", "topic", "key", "position", "first")}
        answer = await operations.act("parked/release", seen | {"reason": reason}, dry_run=dry_run)
        row["outcome"] = answer["outcome"]
    return rows

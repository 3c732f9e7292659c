"""Defines `buurtsein outbox`, for events that are not published yet and streams that the broker refused."""

import asyncio
from functools import partial

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.operations.reach import checked
from buurtsein_operate.operations.services import Operations, Row, way
from buurtsein_operate.output import Direct, DryRun, Json, OfKey, OfService, Reason, Who, document, listing

app = typer.Typer(no_args_is_help=True, help="Events that wait to be published.")


@app.command()
def status(service: OfService = None, *, direct: Direct = False, as_json: Json = False) -> None:
    """Show the number of pending events, the age of the oldest, and frozen streams; exit 1 when a stream is frozen."""
    rows = asyncio.run(way(service, direct=direct).each(_status))
    if as_json:
        document(rows)
    else:
        counted = [row | {"frozen": len(row["frozen"])} for row in rows]
        listing(counted, ("service", "pending", "oldest_seconds", "frozen"), as_json=False)
        streams = [{"service": row["service"], **stream} for row in rows for stream in row["frozen"]]
        listing(streams, ("service", "topic", "key", "events", "reason", "frozen_at"), as_json=False)
    if any(row["frozen"] for row in rows):
        raise typer.Exit(1)


@app.command()
def unfreeze(  # noqa: PLR0913 - each is an option of the command
    reason: Reason = None,
    service: OfService = None,
    key: OfKey = None,
    who: Who = None,
    *,
    everything: bool = typer.Option(False, "--all", help="All frozen streams."),  # noqa: FBT003 # typer's default
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Publish frozen streams again, in order; do this after you have removed the cause of the broker's refusal."""
    if not (service or key or everything):
        raise CommandError("nothing-chosen", "say which: --service, --key or --all")
    act = partial(_unfreeze, key=key, reason=checked(reason, dry_run=dry_run), dry_run=dry_run)
    rows = asyncio.run(way(service, direct=direct, who=who).each(act))
    listing(rows, ("service", "topic", "key", "events", "reason"), as_json=as_json)


async def _status(operations: Operations) -> list[Row]:
    status = await operations.get("outbox")
    kept = {name: status[name] for name in ("pending", "oldest_seconds")}
    return [{"service": operations.service, **kept, "frozen": await operations.rows("outbox/frozen")}]


async def _unfreeze(operations: Operations, *, key: str | None, reason: str, dry_run: bool) -> list[Row]:
    streams = await operations.rows("outbox/frozen", key=key)
    for stream in streams:
        body = {"topic": stream["topic"], "key": stream["key"], "reason": reason}
        await operations.act("outbox/unfreeze", body, dry_run=dry_run)
    return [{"service": operations.service, **stream} for stream in streams]

"""`buurtsein outbox`: what is still to be published, and streams that the broker refused."""

import asyncio
from dataclasses import asdict
from typing import Any

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.operations import outbox
from buurtsein_chassis.operations.audit import Operator
from buurtsein_operate.operations.reach import Reach, operator, reach
from buurtsein_operate.output import DryRun, Json, OfKey, OfService, OptionalReason, Who, document, listing

app = typer.Typer(no_args_is_help=True, help="What is still to be published.")


@app.command()
def status(service: OfService = None, *, as_json: Json = False) -> None:
    """Pending events, the age of the oldest, frozen streams; exit 1 when a stream is frozen."""
    rows = asyncio.run(_status(reach(), service))
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
def unfreeze(
    service: OfService = None,
    key: OfKey = None,
    reason: OptionalReason = None,
    who: Who = None,
    *,
    everything: bool = typer.Option(False, "--all", help="Every frozen stream."),  # noqa: FBT003 # typer's default
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Have frozen streams published again, in order; do it when what the broker refused was mended."""
    if not (service or key or everything):
        raise CommandError("nothing-chosen", "say which: --service, --key or --all")
    rows = asyncio.run(_unfreeze(reach(), service, key, None if dry_run else operator(who, reason)))
    listing(rows, ("service", "topic", "key", "events", "reason"), as_json=as_json)


async def _status(where: Reach, service: str | None) -> list[dict[str, Any]]:
    rows = []
    for name in where.services(service):
        async with where.database(name) as connection:
            rows.append({"service": name, **asdict(await outbox.status(connection))})
    return rows


async def _unfreeze(where: Reach, service: str | None, key: str | None, by: Operator | None) -> list[dict[str, Any]]:
    rows = []
    for name in where.services(service):
        async with where.database(name) as connection:
            for stream in await outbox.frozen(connection):
                if key in {None, stream.key}:
                    rows.append({"service": name, **asdict(stream)})
                    if by:
                        await outbox.unfreeze(connection, stream, by)
    return rows

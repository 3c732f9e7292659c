"""`buurtsein parked`: streams of which events wait for an earlier one."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.parked import release, waiting
from buurtsein_operate.operations.reach import Reach, operator, reach
from buurtsein_operate.output import DryRun, Json, OfConsumer, OfKey, OfService, Reason, Who, listing

app = typer.Typer(no_args_is_help=True, help="Events that wait for an earlier one.")

COLUMNS = ("service", "consumer", "topic", "key", "position", "first", "events", "seconds", "dead")


@app.command("list")
def show_all(
    service: OfService = None, consumer: OfConsumer = None, key: OfKey = None, *, as_json: Json = False
) -> None:
    """Streams that wait: the last version applied, the first one parked, since how many seconds."""
    listing(asyncio.run(_streams(reach(), service, consumer, key, None)), COLUMNS, as_json=as_json)


@app.command("release")
def let_go(
    reason: Reason,
    key: Annotated[str, typer.Option("--key", help="The stream's key.")],
    service: OfService = None,
    consumer: OfConsumer = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Let a stream go on without what is missing; should that come after all, it is dropped.

    First try `replay log` of the topic's owner: what was only lost on the way comes again. Exit 1 when refused.
    """
    by = operator(who, reason)
    rows = asyncio.run(_streams(reach(), service, consumer, key, None if dry_run else by))
    if not rows:
        raise CommandError("not-parked", f"nothing waits in a stream with key {key}")
    listing(rows, (*COLUMNS, "outcome") if not dry_run else COLUMNS, as_json=as_json)
    if not dry_run and any(row["outcome"] != "released" for row in rows):
        raise typer.Exit(1)


async def _streams(
    where: Reach, service: str | None, consumer: str | None, key: str | None, by: Operator | None
) -> list[dict[str, Any]]:
    """The streams; released when somebody is named."""
    rows: list[dict[str, Any]] = []
    for name in where.services(service):
        async with where.database(name) as connection:
            for stream in await waiting(connection, consumer, key):
                outcome = {"outcome": await release(connection, stream, by)} if by else {}
                rows.append({"service": name, **asdict(stream), **outcome})
    return rows

"""Defines `buurtsein erasures`, which lists erasures of persons that consumers must confirm, and confirms them."""

import asyncio
from typing import Annotated

import typer

from buurtsein_operate.operations.services import way
from buurtsein_operate.output import DryRun, Json, listing

app = typer.Typer(help="Erased persons that outside consumers must forget too.")

SERVICE, COLUMNS = "registry", ("event_id", "consumer", "erased_at", "late")
Consumer = Annotated[str, typer.Argument(help="The consumer that confirms, as `consumers.toml` names it.")]
Events = Annotated[list[str], typer.Argument(help="The ids of the events, as the list shows them.")]


@app.callback(invoke_without_command=True)
def show_open(context: typer.Context, *, as_json: Json = False) -> None:
    """List the erasures of persons that a consumer has not confirmed; exit 1 when one is late."""
    if context.invoked_subcommand is not None:
        return
    rows = asyncio.run(_open())
    listing(rows, COLUMNS, as_json=as_json)
    if any(row["late"] for row in rows):
        raise typer.Exit(1)


@app.command()
def confirm(consumer: Consumer, events: Events, *, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Confirm that a consumer has deleted its data about the persons in these events; list the other open erasures."""
    rows = asyncio.run(_open() if dry_run else _confirmed(consumer, events))
    listing(rows, COLUMNS, as_json=as_json)


async def _open() -> list[dict[str, object]]:
    async with way(SERVICE).to(SERVICE) as operations:
        return list((await operations.of_service("GET", "erasures"))["items"])


async def _confirmed(consumer: str, events: list[str]) -> list[dict[str, object]]:
    body = {"consumer": consumer, "events": events}
    async with way(SERVICE).to(SERVICE) as operations:
        return list((await operations.of_service("POST", "erasures/confirmations", json=body))["items"])

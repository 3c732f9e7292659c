"""Defines `buurtsein alerts verify-chain`, which finds steps of alerts that are not as they were written."""

import asyncio

import typer

from buurtsein_operate.operations.services import Operations, Row, way
from buurtsein_operate.output import Json, document, listing

app = typer.Typer(no_args_is_help=True, help="The alerts of the notifier.")

SERVICE, PAGE = "notifier", 200
COLUMNS = ("alert_id", "step", "fault")


@app.callback()
def _group() -> None:
    """Make typer keep the word `verify-chain` in the command although it is the only subcommand."""


@app.command("verify-chain")
def verify_chain(*, as_json: Json = False) -> None:
    """Check the hashes that link the steps of each alert; list changed, removed and inserted steps, and then exit 1.

    Somebody who can write the notifier's tables can also write a new chain: compare it with the topic `bin.alerts`.
    """
    found = asyncio.run(_checked())
    if as_json:
        document(found)
    else:
        listing(found["faults"], COLUMNS, as_json=False)
        typer.echo(f"{found['steps']} steps of {found['alerts']} alerts, {len(found['faults'])} not as written")
    if found["faults"]:
        raise typer.Exit(1)


async def _checked() -> Row:
    async with way(SERVICE).to(SERVICE) as operations:
        return await _all(operations)


async def _all(operations: Operations) -> Row:
    found: Row = {"alerts": 0, "steps": 0, "faults": []}
    cursor: str | None = None
    while True:
        asked = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = await operations.of_service("GET", "alert-steps/check", params=asked)
        found = {name: found[name] + page[name] for name in found}
        cursor = page.get("next")
        if cursor is None:
            return found

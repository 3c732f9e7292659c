"""Defines the command `buurtsein import reports FILE`, which sends each row of a hotline's export as a report.

It can be interrupted and repeated.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate import local_stack
from buurtsein_operate.hotline import Export, read
from buurtsein_operate.imports.results import Document, ErrorsFile, Lines, Tally
from buurtsein_operate.imports.sending import Outcome, refused, send_all

TIMEOUT_SECONDS = 20.0
INTERRUPTED = 130
"""The exit status after Ctrl-C, as in shells."""

app = typer.Typer(no_args_is_help=True, help="Import data from other systems.")


@app.callback()
def _group() -> None:
    """Make typer keep the word `reports` in the command although it is the only subcommand."""


class Bearer(httpx.Auth):
    """Adds a bearer token to each HTTP request; a token file is read each time, so that it can be renewed meanwhile."""

    def __init__(self, token: str | Path) -> None:
        """Take the token, or the path of the file that contains the token."""
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        """Add the header `Authorization` with the token to a request."""
        token = self._token.read_text().strip() if isinstance(self._token, Path) else self._token
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


@dataclass(frozen=True, slots=True)
class Target:
    """The address of the reports service, and the token for requests to the service."""

    url: str
    token: str | Path


@app.command("reports")
def reports(
    file: Annotated[Path, typer.Argument(help="The csv export of a hotline.")],
    *,
    url: Annotated[
        str | None, typer.Option(help="Address of the reports service; by default this machine's stack.")
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="File with a city officer's token; by default BUURTSEIN_TOKEN or this machine's stack."),
    ] = None,
    system: Annotated[str, typer.Option(help="The system that gave the rows their numbers.")] = "hotline",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check which rows can be read; send nothing.")
    ] = False,
) -> None:
    """Send every row as a report; exit with 1 when a row was refused or failed. It is safe to stop and repeat."""
    export = read(file)
    target = None if dry_run else _target(url, token_file)
    writer = Document(export, file) if as_json else Lines(export)
    try:
        with Tally(writer, None if dry_run else ErrorsFile(file, export), export.count()) as tally:
            if target:
                asyncio.run(_import(export, target, system, tally))
            else:
                _check(export, tally)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    if not tally.all_taken:
        raise typer.Exit(1)


def _target(url: str | None, token_file: Path | None) -> Target:
    token = token_file or os.environ.get("BUURTSEIN_TOKEN")
    if url and token:
        return Target(url, token)
    stack = local_stack.running()
    if stack is None:
        file = local_stack.stack_file()
        raise CommandError("no-stack", f"{file} is not there: start the stack, or give --url and a token")
    return Target(url or stack["services"]["reports"]["url"], token or stack["tokens"]["city-officer"])


async def _import(export: Export, target: Target, system: str, tally: Tally) -> None:
    async with httpx.AsyncClient(base_url=target.url, auth=Bearer(target.token), timeout=TIMEOUT_SECONDS) as client:
        async for outcome in send_all(export.rows(), client, system):
            tally.row(outcome)


def _check(export: Export, tally: Tally) -> None:
    for row in export.rows():
        tally.row(refused(row, row.fault) if row.fault else Outcome(row, "readable", row.notes))

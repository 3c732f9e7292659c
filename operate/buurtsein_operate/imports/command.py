"""Defines the commands `buurtsein import KIND FILE`, which send each row of a list to a service.

They can be interrupted and repeated.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate import local_stack
from buurtsein_operate.hotline import HOTLINE
from buurtsein_operate.imports.registry import Coordinators, Members, Networks
from buurtsein_operate.imports.reports import Reports
from buurtsein_operate.imports.results import Document, ErrorsFile, Lines, Tally
from buurtsein_operate.imports.sending import Destination, Outcome, refused, send_all
from buurtsein_operate.imports.service import Service
from buurtsein_operate.registry_lists import COORDINATORS, MEMBERS, NETWORKS
from buurtsein_operate.sheets import Form, Sheet, read

TIMEOUT_SECONDS = 20.0
INTERRUPTED = 130
"""The exit status after Ctrl-C, as in shells."""

app = typer.Typer(no_args_is_help=True, help="Import data from other systems.")


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
    """The address of a service, and the token for requests to the service."""

    url: str
    token: str | Path


Url = Annotated[str | None, typer.Option(help="Address of the service; by default this machine's stack.")]
TokenFile = Annotated[
    Path | None, typer.Option(help="File with a token; by default BUURTSEIN_TOKEN or this machine's stack.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only check which rows can be read; send nothing.")]
System = Annotated[str, typer.Option(help="The name of the list, within which numbers of rows are unique.")]
Reason = Annotated[str, typer.Option(help="Why the list is imported; it is kept.")]
ListFile = Annotated[Path, typer.Argument(help="The csv file.")]


@app.command("reports")
def reports(
    file: ListFile,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    system: System = "hotline",
    as_json: AsJson = False,
    dry_run: Dry = False,
) -> None:
    """Send every row of a hotline's export as a report, as a city officer.

    Exit with 1 when a row was refused or failed. It is safe to stop and repeat.
    """
    target = None if dry_run else _target("reports", "city-officer", url, token_file)
    _run(file, HOTLINE, target, lambda service: Reports(service, system), as_json=as_json)


@app.command("networks")
def networks(
    file: ListFile,
    *,
    system: System,
    reason: Reason,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    dry_run: Dry = False,
) -> None:
    """Create an application for every network in a list, as a city officer or police officer."""
    target = None if dry_run else _target("registry", "city-officer", url, token_file)
    _run(file, NETWORKS, target, lambda service: Networks(service, system, reason), as_json=as_json)


@app.command("members")
def members(
    file: ListFile,
    *,
    system: System,
    reason: Reason,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    dry_run: Dry = False,
) -> None:
    """Import every member of a list who agreed on paper, as a police officer or the network's coordinator."""
    target = None if dry_run else _target("registry", "officer", url, token_file)
    _run(file, MEMBERS, target, lambda service: Members(service, system, reason), as_json=as_json)


@app.command("coordinators")
def coordinators(
    file: ListFile,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    dry_run: Dry = False,
) -> None:
    """Record the screening of every coordinator in a list, and appoint those found suitable, as a police officer."""
    target = None if dry_run else _target("registry", "officer", url, token_file)
    _run(file, COORDINATORS, target, Coordinators, as_json=as_json)


def _run(file: Path, form: Form, target: Target | None, to: Callable[[Service], Destination], *, as_json: bool) -> None:
    """Import a list or, without a target, only check it; raise typer.Exit when not all rows were accepted."""
    sheet = read(file, form)
    writer = Document(sheet, file) if as_json else Lines(sheet)
    try:
        with Tally(writer, ErrorsFile(file, sheet) if target else None, sheet.count(), form.word) as tally:
            if target:
                asyncio.run(_import(sheet, target, to, tally))
            else:
                _check(sheet, tally)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    if not tally.all_taken:
        raise typer.Exit(1)


def _target(service: str, role: str, url: str | None, token_file: Path | None) -> Target:
    token = token_file or os.environ.get("BUURTSEIN_TOKEN")
    if url and token:
        return Target(url, token)
    stack = local_stack.running()
    if stack is None:
        file = local_stack.stack_file()
        raise CommandError("no-stack", f"{file} is not there: start the stack, or give --url and a token")
    return Target(url or stack["services"][service]["url"], token or stack["tokens"][role])


async def _import(sheet: Sheet, target: Target, to: Callable[[Service], Destination], tally: Tally) -> None:
    async with httpx.AsyncClient(base_url=target.url, auth=Bearer(target.token), timeout=TIMEOUT_SECONDS) as client:
        async for outcome in send_all(sheet.rows(), to(Service(client))):
            tally.row(outcome)


def _check(sheet: Sheet, tally: Tally) -> None:
    for row in sheet.rows():
        tally.row(refused(row, row.fault) if row.fault else Outcome(row, "readable", row.notes))

"""Prints the commands' output as text or, with `--json`, as JSON, and finds an event class by its name."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.model import EventData

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WRONG = 1
"""The exit code when a fault was found."""


class WrongUse(Exception):
    """Raised when the command is used wrongly; the exit code is 2."""


def event_named(name: str) -> type[EventData]:
    """Return the event with this name (`IncidentReported`) or type, with or without `.v1`.

    Raises:
        WrongUse: there is none; the message names events with a similar name.
    """
    for data in EVENTS:
        if name in {data.__name__, data.TYPE, data.TYPE.rpartition(".")[0]}:
            return data
    like = [data.__name__ for data in EVENTS if name.lower() in data.__name__.lower()]
    raise WrongUse(
        f"no event {name!r}; {'do you mean ' + ', '.join(like) if like else 'see `buurtsein-contracts list`'}"
    )


def say(text: str) -> None:
    """Print one line of text."""
    typer.echo(text)


def say_json(document: Any) -> None:
    """Print a document as JSON."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table without cutting off cells, so that the output can be searched."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # rich would read "[longitude]" as markup
    console = Console(width=None if Console().is_terminal else 240, highlight=False)
    console.print(table)


def say_findings(findings: Sequence[Finding], praise: str, *, as_json: bool) -> None:
    """Print each finding with its solution and exit with 1; when there are no findings, print the text `praise`."""
    if as_json:
        say_json({"ok": not findings, "findings": [asdict(finding) for finding in findings]})
    for finding in () if as_json else findings:
        say(f"{finding.where}: {finding.rule}: {finding.message}")
        if finding.counterexample:
            say(f"    for example: {finding.counterexample}")
        say(f"    way out: {finding.way_out}")
    if findings:
        raise typer.Exit(WRONG)
    if not as_json:
        say(praise)

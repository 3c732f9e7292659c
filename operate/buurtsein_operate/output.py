"""Defines options that several commands share, and prints results as a table or as JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from buurtsein_chassis.command_errors import CommandError

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing; only show what would be done.")]
Direct = Annotated[
    bool, typer.Option("--direct", help="Work on the service's database, with its secrets, when the service is down.")
]
Who = Annotated[
    str | None,
    typer.Option("--as", help="The operator's name, with --direct; by default the user on this machine."),
]
Reason = Annotated[
    str | None, typer.Option("--reason", help="The reason, for the audit trail; needed except with --dry-run.")
]
OfService = Annotated[str | None, typer.Option("--service", help="Only this service.")]
OfConsumer = Annotated[str | None, typer.Option("--consumer", help="Only this consumer.")]
OfKey = Annotated[str | None, typer.Option("--key", help="Only the stream with this key.")]


def document(content: object) -> None:
    """Print a document as indented JSON."""
    typer.echo(json.dumps(content, indent=2, default=str, ensure_ascii=False))


def listing(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows, as JSON with all their values or as a table with the named columns."""
    if as_json:
        document(rows)
        return
    table = grid(*columns)
    for row in rows:
        table.add_row(*(_text(row.get(column)) for column in columns))
    console = Console(width=None if Console().is_terminal else 200)
    console.print(table if rows else "-")


def grid(*columns: str) -> Table:
    """Return an empty table with these column titles."""
    table = Table(show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _text(value: object) -> str:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"{value:.0f}" if isinstance(value, float) else str(value if value is not None else "")


def moment(text: str) -> datetime:
    """Return the time in an ISO 8601 text (in UTC without an offset); raise CommandError `time` for another text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("time", f"{text} is not a time: write it as 2026-11-24T08:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)

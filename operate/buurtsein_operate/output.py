"""What the commands print, and the options that they share: `--json` gives one document on standard output."""

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

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]
Direct = Annotated[
    bool, typer.Option("--direct", help="Not by the service, which may be down: with the secrets of its database.")
]
Who = Annotated[
    str | None,
    typer.Option("--as", help="Who acts, with --direct; else the user of this machine."),
]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; it is written down. Needed but on a dry run.")]
OfService = Annotated[str | None, typer.Option("--service", help="Only this service.")]
OfConsumer = Annotated[str | None, typer.Option("--consumer", help="Only this consumer.")]
OfKey = Annotated[str | None, typer.Option("--key", help="Only the stream with this key.")]


def document(content: object) -> None:
    """Print JSON."""
    typer.echo(json.dumps(content, indent=2, default=str, ensure_ascii=False))


def listing(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows: all that they hold as JSON, some columns for a person."""
    if as_json:
        document(rows)
        return
    table = grid(*columns)
    for row in rows:
        table.add_row(*(_text(row.get(column)) for column in columns))
    console = Console(width=None if Console().is_terminal else 200)
    console.print(table if rows else "-")


def grid(*columns: str) -> Table:
    """An empty table with these columns."""
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
    """A time as ISO 8601, UTC when it names no zone; CommandError `time`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("time", f"{text} is no time: write 2026-11-24T08:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)

"""Defines `buurtsein rules try`, which tells what other alert rules would have done with past reports."""

import asyncio
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.operations.services import Row, way
from buurtsein_operate.output import Json, document

app = typer.Typer(no_args_is_help=True, help="The alert rules of the notifier.")

SERVICE, TIMEOUT = "notifier", 3600
MOST = 1_000_000
"""The most reports that are judged again, the newest of the period; the service judges no more in one answer."""
_BY_RULE = ("rule", "before", "after", "gained", "lost", "changed")
_ALERT = ("proposed", "rule", "kind", "networks")


@app.callback()
def _group() -> None:
    """Make typer keep the word `try` in the command although it is the only subcommand."""


@app.command("try")
def try_rules(
    file: Annotated[Path, typer.Argument(help="The rules: TOML as of `rules.toml`, or JSON as of an edition.")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    *,
    as_json: Json = False,
) -> None:
    """Judge the reports of a period by the rules in a file; print the alerts gained, lost and changed, as Markdown.

    The result is compared with that of the rules in force. Nothing is written and nothing is sent.
    """
    asked = {"document": _read(file), "since": f"{since:%Y-%m-%d}", "until": f"{until:%Y-%m-%d}", "most": MOST}
    found = asyncio.run(_tried(asked))
    if as_json:
        document(found)
    else:
        typer.echo("\n".join(page(found)))


async def _tried(asked: Mapping[str, Any]) -> Row:
    async with way(SERVICE).to(SERVICE) as operations:
        found: Row = await operations.of_service("POST", "rules/trial", json=asked, timeout=TIMEOUT)
        return found


def _read(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        return json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise CommandError("rules-unreadable", f"{file}: {error}") from error


def page(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one page of Markdown about a trial."""
    rest = "" if found["is_whole"] else ", the newest of the period"
    yield f"# Alert rules tried on the reports of {found['since']} to {found['until']}"
    yield ""
    yield f"{found['reports']} reports judged again{rest}. Nothing was sent."
    sides = [("in force", found["before"]), ("tried", found["after"])]
    yield from _table("", ("rules", *found["before"]), [(name, *side.values()) for name, side in sides])
    yield from _table("By rule", _BY_RULE, [tuple(one[name] for name in _BY_RULE) for one in found["rules"]])
    for title in ("gained", "lost"):
        yield from _table(title.title(), (*_ALERT, "why"), [(*_cells(one), one["why"]) for one in found[title]])
    changed = [(*_cells(one["after"]), ", ".join(one["fields"])) for one in found["changed"]]
    yield from _table("Changed", (*_ALERT, "what"), changed)


def _cells(alert: Mapping[str, Any]) -> tuple[str, ...]:
    return (alert["proposed_at"][:16], alert["rule"], alert["kind"], ", ".join(alert["networks"]))


def _table(title: str, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    if title:
        yield f"## {title}"
        yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(one).replace('|', '/') for one in row)} |"

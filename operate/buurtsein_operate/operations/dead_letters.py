"""Defines `buurtsein dead-letters`, for records that a consumer could not apply; each is named SERVICE/NUMBER."""

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from itertools import batched
from typing import Annotated, Any

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.operations.dead_letters import STATES
from buurtsein_chassis.operations.models import MOST_AT_ONCE
from buurtsein_operate.operations.reach import checked
from buurtsein_operate.operations.services import Operations, Row, Way, way
from buurtsein_operate.output import (
    Direct,
    DryRun,
    Json,
    OfConsumer,
    OfKey,
    OfService,
    Reason,
    Who,
    document,
    listing,
)

app = typer.Typer(no_args_is_help=True, help="Records that a consumer could not apply.")

COLUMNS = ("name", "consumer", "topic", "key", "version", "reason", "fingerprint", "attempts", "state", "last_at")

Names = Annotated[list[str] | None, typer.Argument(help="SERVICE/NUMBER, as `list` shows them.")]
OfFingerprint = Annotated[str | None, typer.Option("--fingerprint", help="Only failures of this kind.")]
Everything = Annotated[bool, typer.Option("--all", help="All open ones.")]
type Chosen = dict[str, Any]
"""The query parameters of the request for a list of dead letters, by name; one that is None is not sent."""


@app.command("list")
def show_all(
    service: OfService = None,
    consumer: OfConsumer = None,
    fingerprint: OfFingerprint = None,
    key: OfKey = None,
    state: Annotated[str, typer.Option(help="dead, redriven, discarded or all.")] = "dead",
    *,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """List dead letters, the oldest first."""
    if state not in (*STATES, "all"):
        raise CommandError("state", f"a dead letter is {', '.join(STATES)} or all, not {state}")
    chosen = {"consumer": consumer, "fingerprint": fingerprint, "key": key, "state": state}
    rows = asyncio.run(way(service, direct=direct).each(partial(_found, chosen=chosen)))
    listing(rows, COLUMNS, as_json=as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="SERVICE/NUMBER.")],
    *,
    payload: Annotated[bool, typer.Option("--payload", help="Also show the record's value.")] = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Show one dead letter: why it failed, and its headers; --payload adds its value, which may be about people."""
    service, number = _parted(name)
    letter = asyncio.run(_whole(way(service, direct=direct), service, number, payload=payload))
    if as_json:
        document(letter)
    else:
        for field, value in letter.items():
            typer.echo(f"{field}: {value}")


@app.command("redrive")
def try_again(  # noqa: PLR0913 - each is an option of the command
    reason: Reason = None,
    names: Names = None,
    service: OfService = None,
    consumer: OfConsumer = None,
    fingerprint: OfFingerprint = None,
    key: OfKey = None,
    who: Who = None,
    *,
    everything: Everything = False,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Let the consumer retry dead letters within seconds; a record that fails again becomes a dead letter again.

    Exit 1 when a named dead letter was not open.
    """
    chosen = {"consumer": consumer, "fingerprint": fingerprint, "key": key}
    parts = _ways(names, service, chosen, everything=everything, direct=direct, who=who)
    _act(parts, "redrives", "redriven", checked(reason, dry_run=dry_run), dry_run=dry_run, as_json=as_json)


@app.command("discard")
def let_go(  # noqa: PLR0913 - each is an option of the command
    reason: Reason = None,
    names: Names = None,
    service: OfService = None,
    consumer: OfConsumer = None,
    fingerprint: OfFingerprint = None,
    key: OfKey = None,
    who: Who = None,
    *,
    everything: Everything = False,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Discard dead letters; consumers then go on with the streams without these events."""
    chosen = {"consumer": consumer, "fingerprint": fingerprint, "key": key}
    parts = _ways(names, service, chosen, everything=everything, direct=direct, who=who)
    _act(parts, "discards", "discarded", checked(reason, dry_run=dry_run), dry_run=dry_run, as_json=as_json)


type Part = tuple[Way, Chosen]
"""Some services, and the query parameters that choose some of their dead letters."""


def _ways(
    names: Sequence[str] | None,
    service: str | None,
    chosen: Chosen,
    *,
    everything: bool,
    direct: bool,
    who: str | None,
) -> list[Part]:
    """Return the services and dead letters that a command names; raise an error if it names none and lacks --all."""
    if names:
        numbers: dict[str, list[int]] = {}
        for of_service, number in map(_parted, names):
            numbers.setdefault(of_service, []).append(number)
        return [(way(one, direct=direct, who=who), chosen | {"id": ids}) for one, ids in numbers.items()]
    if not (everything or service or any(chosen.values())):
        raise CommandError("nothing-chosen", "say which: names, --service, --consumer, --fingerprint, --key or --all")
    return [(way(service, direct=direct, who=who), chosen)]


_NUMBER = re.compile(r"[0-9]{1,18}")


def _parted(name: str) -> tuple[str, int]:
    service, _, number = name.partition("/")
    if not _NUMBER.fullmatch(number):
        raise CommandError("name", f"{name} is no dead letter: write SERVICE/NUMBER, as `dead-letters list` shows it")
    return service, int(number)


async def _found(operations: Operations, chosen: Chosen) -> list[Row]:
    """Return the selected dead letters of one service; a long list of numbers takes several requests."""
    rows: list[Row] = []
    for ids in batched(chosen["id"], MOST_AT_ONCE) if "id" in chosen else [None]:
        rows += await operations.rows("dead-letters", **chosen | ({"id": list(ids)} if ids else {}))
    return [{"name": f"{operations.service}/{row['id']}", **row} for row in rows]


async def _whole(where: Way, service: str, number: int, *, payload: bool) -> Row:
    async with where.to(service) as operations:
        letter = await operations.get(f"dead-letters/{number}", payload=payload)
    hidden = () if payload else ("value",)
    return {"name": f"{service}/{number}"} | {field: part for field, part in letter.items() if field not in hidden}


def _act(parts: Sequence[Part], verb: str, wanted: str, reason: str, *, dry_run: bool, as_json: bool) -> None:
    rows = asyncio.run(_settle(parts, verb, reason, dry_run=dry_run))
    listing(rows, ("name", "consumer", "key", "reason", "outcome"), as_json=as_json)
    fine = {wanted, f"{wanted}-only", "would-be"}
    if any(row["outcome"] not in fine for row in rows):
        raise typer.Exit(1)


async def _settle(parts: Sequence[Part], verb: str, reason: str, *, dry_run: bool) -> list[Row]:
    rows: list[Row] = []
    for where, chosen in parts:
        rows += await where.each(partial(_settled, chosen=chosen, verb=verb, reason=reason, dry_run=dry_run))
    return rows


async def _settled(operations: Operations, *, chosen: Chosen, verb: str, reason: str, dry_run: bool) -> list[Row]:
    found = await _found(operations, chosen)
    outcomes = await _outcomes(operations, verb, [row["id"] for row in found], reason, dry_run=dry_run)
    settled = [row | {"outcome": outcomes[row["id"]]} for row in found]
    return [*_not_open(operations.service, chosen, found), *settled]


async def _outcomes(
    operations: Operations, verb: str, ids: Sequence[int], reason: str, *, dry_run: bool
) -> dict[int, str]:
    outcomes: dict[int, str] = {}
    for some in batched(ids, MOST_AT_ONCE):
        body = {"ids": list(some), "reason": reason}
        answer = await operations.act(verb, body, dry_run=dry_run)
        outcomes |= {one["id"]: one["outcome"] for one in answer["outcomes"]}
    return outcomes


def _not_open(service: str, chosen: Chosen, found: Sequence[Row]) -> list[Row]:
    """Return a row for each named dead letter that is unknown or was already redriven or discarded."""
    missing = set(chosen.get("id", ())) - {row["id"] for row in found}
    return [
        {"name": f"{service}/{number}", "consumer": None, "key": None, "reason": None, "outcome": "not-open"}
        for number in sorted(missing)
    ]

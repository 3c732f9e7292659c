"""`buurtsein dead-letters`: records that a consumer could not apply; each is named SERVICE/NUMBER."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import asyncpg
import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.dead_letters import STATES, Chosen, dead_letters, discard, record_of, redrive
from buurtsein_operate.operations.reach import Reach, operator, reach
from buurtsein_operate.output import (
    DryRun,
    Json,
    OfConsumer,
    OfKey,
    OfService,
    OptionalReason,
    Reason,
    Who,
    document,
    listing,
)

app = typer.Typer(no_args_is_help=True, help="Records that a consumer could not apply.")

COLUMNS = ("name", "consumer", "topic", "key", "version", "reason", "fingerprint", "attempts", "state", "last_at")

Names = Annotated[list[str] | None, typer.Argument(help="SERVICE/NUMBER, as `list` shows them.")]
OfFingerprint = Annotated[str | None, typer.Option("--fingerprint", help="Only failures of this kind.")]
Everything = Annotated[bool, typer.Option("--all", help="Every open one.")]
type Act = Callable[[asyncpg.Connection, int, Operator], Awaitable[str]]


@app.command("list")
def show_all(
    service: OfService = None,
    consumer: OfConsumer = None,
    fingerprint: OfFingerprint = None,
    key: OfKey = None,
    state: Annotated[str, typer.Option(help="dead, redriven, discarded or all.")] = "dead",
    *,
    as_json: Json = False,
) -> None:
    """List them, oldest first."""
    if state not in (*STATES, "all"):
        raise CommandError("state", f"a dead letter is {', '.join(STATES)} or all, not {state}")
    chosen = Chosen(None, consumer, fingerprint, key, STATES if state == "all" else (state,))
    listing(asyncio.run(_find(reach(), service, chosen)), COLUMNS, as_json=as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="SERVICE/NUMBER.")],
    *,
    payload: Annotated[bool, typer.Option("--payload", help="Also the record's value.")] = False,
    as_json: Json = False,
) -> None:
    """Everything about one: why it failed, and its headers; its value only when asked, since it may be about people."""
    letter = asyncio.run(_whole(reach(), name, payload=payload))
    if as_json:
        document(letter)
    else:
        for field, value in letter.items():
            typer.echo(f"{field}: {value}")


@app.command("redrive")
def try_again(  # noqa: PLR0913 # each is an option of the command
    names: Names = None,
    service: OfService = None,
    consumer: OfConsumer = None,
    fingerprint: OfFingerprint = None,
    key: OfKey = None,
    reason: OptionalReason = None,
    who: Who = None,
    *,
    everything: Everything = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Have the consumer try them again, within seconds; what fails again is dead again. Exit 1 when one could not."""
    chosen = _chosen(names, Chosen(None, consumer, fingerprint, key), service, everything=everything)
    _act(chosen, None if dry_run else redrive, "redriven", operator(who, reason), as_json=as_json)


@app.command("discard")
def let_go(  # noqa: PLR0913 # each is an option of the command
    reason: Reason,
    names: Names = None,
    service: OfService = None,
    consumer: OfConsumer = None,
    fingerprint: OfFingerprint = None,
    key: OfKey = None,
    who: Who = None,
    *,
    everything: Everything = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Give them up: their streams go on without them."""
    chosen = _chosen(names, Chosen(None, consumer, fingerprint, key), service, everything=everything)
    _act(chosen, None if dry_run else discard, "discarded", operator(who, reason), as_json=as_json)


def _chosen(
    names: Sequence[str] | None, chosen: Chosen, service: str | None, *, everything: bool
) -> dict[str | None, Chosen]:
    """What to act on, by service (None: all); nothing chosen is refused, so that nobody means all by accident."""
    if names:
        numbers: dict[str | None, list[int]] = {}
        for of_service, number in map(_parted, names):
            numbers.setdefault(of_service, []).append(number)
        return {of_service: replace(chosen, ids=ids) for of_service, ids in numbers.items()}
    if not (everything or service or chosen.consumer or chosen.fingerprint or chosen.key):
        raise CommandError("nothing-chosen", "say which: names, --service, --consumer, --fingerprint, --key or --all")
    return {service: chosen}


_NUMBER = re.compile(r"[0-9]{1,18}")


def _parted(name: str) -> tuple[str, int]:
    service, _, number = name.partition("/")
    if not _NUMBER.fullmatch(number):
        raise CommandError("name", f"{name} is no dead letter: write SERVICE/NUMBER, as `dead-letters list` shows it")
    return service, int(number)


async def _find(where: Reach, service: str | None, chosen: Chosen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in where.services(service):
        async with where.database(name) as connection:
            found += [{"name": f"{name}/{row['id']}", **row} for row in await dead_letters(connection, chosen)]
    return found


async def _whole(where: Reach, name: str, *, payload: bool) -> dict[str, Any]:
    service, number = _parted(name)
    found = await _find(where, service, Chosen([number], states=STATES))
    if not found:
        raise CommandError("unknown-letter", f"there is no dead letter {name}")
    async with where.database(service) as connection:
        headers, value = await record_of(connection, number)
    texts = {header: (content or b"").decode("utf-8", "backslashreplace") for header, content in headers}
    shown = {"value": (value or b"").decode("utf-8", "backslashreplace")} if payload else {}
    return {**found[0], "headers": texts, **shown}


def _act(chosen: dict[str | None, Chosen], act: Act | None, wanted: str, by: Operator, *, as_json: bool) -> None:
    rows = asyncio.run(_each(reach(), chosen, act, by))
    listing(rows, ("name", "consumer", "key", "reason", "outcome"), as_json=as_json)
    fine = {wanted, f"{wanted}-only", "would-be"}
    if any(row["outcome"] not in fine for row in rows):
        raise typer.Exit(1)


async def _each(where: Reach, chosen: dict[str | None, Chosen], act: Act | None, by: Operator) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for service, which in chosen.items():
        found = await _find(where, service, which)
        rows += _not_open(service, which, found)
        for row in found:
            async with where.database(row["name"].partition("/")[0]) as connection:
                rows.append({**row, "outcome": await act(connection, row["id"], by) if act else "would-be"})
    return rows


def _not_open(service: str | None, which: Chosen, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was asked for by name and is not there, or was settled by somebody else."""
    missing = set(which.ids or ()) - {row["id"] for row in found}
    return [
        {"name": f"{service}/{number}", "consumer": None, "key": None, "reason": None, "outcome": "not-open"}
        for number in sorted(missing)
    ]

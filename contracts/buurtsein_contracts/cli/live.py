"""Defines the subcommands that read the topics of a running Kafka: tail, audit."""

import asyncio
import json
import os
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from buurtsein_contracts.cli.output import WRONG, Json, WrongUse, event_named, say, say_json, say_table

try:
    from buurtsein_contracts.audit import Audit
    from buurtsein_contracts.tail import Access, Seen, Wanted, each_record, follow
except ImportError as missing:  # the other subcommands work without the extra `kafka`
    _MISSING: ImportError | None = missing
else:
    _MISSING = None

Principal = Annotated[str, typer.Option(help="The Kafka user of stack.json to read as.")]
StackFile = Annotated[Path, typer.Option(help="The file that `make up` writes.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands of this module to the command `buurtsein-contracts`."""
    app.command()(tail)
    app.command()(audit)


def tail(
    *,
    since: Annotated[str, typer.Option("--from", help="beginning, now, or 2026-11-24T08:00:00Z.")] = "now",
    event: Annotated[list[str] | None, typer.Option("--type", help="Show only this event; may be repeated.")] = None,
    principal: Principal = "police-backoffice",
    stack: StackFile = Path(".local/stack.json"),
    validate: Annotated[
        bool, typer.Option("--validate", help="Check each record; the exit code is 1 when one is wrong.")
    ] = False,
    follow_on: Annotated[bool, typer.Option("--follow/--no-follow", help="Wait for new records at the end.")] = True,
    as_json: Json = False,
) -> None:
    """Show the events on the topics as they arrive.

    It joins no consumer group, so it does not disturb any consumer.
    """
    _installed()
    types = frozenset(event_named(name).TYPE for name in event or ())
    moment, access = _moment(since), _access(stack, principal)
    wanted = Wanted((), types, moment, follow=follow_on, validate=validate)
    wrong = 0

    def show(seen: "Seen") -> None:
        nonlocal wrong
        wrong += seen.problem is not None
        say(json.dumps(seen.as_dict()) if as_json else seen.as_line(validate=validate))

    _to_the_end(follow(access, wanted, show))
    if validate and wrong:
        raise typer.Exit(WRONG)


def audit(
    *,
    topic: Annotated[
        list[str] | None,
        typer.Option(help="Check only this topic; may be repeated."),
    ] = None,
    principal: Principal = "police-backoffice",
    stack: StackFile = Path(".local/stack.json"),
    as_json: Json = False,
) -> None:
    """Check every record: writer schema, headers, key, topic, size, and the sequence of each stream.

    The exit code is 1 when a record is wrong, or when there are no records.
    """
    _installed()
    judged = Audit()
    wanted = Wanted(tuple(topic or ()), frozenset(), None, follow=False, validate=True)
    _to_the_end(each_record(_access(stack, principal), wanted, judged.see))
    counts = [{"topic": name, "type": kind, "records": n} for (name, kind), n in sorted(judged.counts.items())]
    if as_json:
        say_json({"ok": judged.ok, "counts": counts, "problems": judged.problems})
    else:
        say_table(("topic", "type", "records"), [tuple(row.values()) for row in counts])
        say("\n".join(judged.problems) or ("nothing is wrong" if judged.ok else "there are no records"))
    if not judged.ok:
        raise typer.Exit(WRONG)


def _installed() -> None:
    if _MISSING:
        raise WrongUse(f"install buurtsein-contracts[kafka] to read a stream: {_MISSING}")


def _to_the_end(reading: Coroutine[None, None, None]) -> None:
    """Run a coroutine until it ends or is interrupted; raise WrongUse when Kafka cannot be reached."""
    try:
        asyncio.run(reading)
    except KeyboardInterrupt:
        pass
    except ConnectionError as error:
        raise WrongUse(str(error)) from error


def _moment(text: str) -> datetime | None:
    """Return the time that the option `--from` gives; None means the beginning of the topics."""
    if text == "beginning":
        return None
    try:
        moment = datetime.now(UTC) if text == "now" else datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(f"--from {text!r}: write beginning, now or 2026-11-24T08:00:00Z") from error
    return moment if moment.tzinfo else moment.astimezone()


def _access(stack: Path, principal: str) -> "Access":
    """Return the Kafka connection settings from the variables BIN_*, or from `stack.json` of a local installation.

    Raises WrongUse when that file cannot be read or does not have the principal.
    """
    if bootstrap := os.environ.get("BIN_BOOTSTRAP"):
        return _from_environment(bootstrap)
    try:
        kafka = json.loads(stack.read_text())["kafka"]
        who = kafka["principals"][principal]
        return Access(kafka["bootstrap"], kafka["security_protocol"], who["username"], who["password"])
    except OSError as error:
        raise WrongUse(f"{stack}: cannot be read ({error.strerror}): `make up` first, or set BIN_BOOTSTRAP") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WrongUse(f"{stack}: no Kafka access for {principal} in it: {error!r}") from error


def _from_environment(bootstrap: str) -> "Access":
    try:
        password = Path(os.environ["BIN_PASSWORD_FILE"]).read_text().strip()
        protocol = os.environ.get("BIN_SECURITY_PROTOCOL", "SASL_SSL")
        return Access(bootstrap, protocol, os.environ["BIN_USERNAME"], password, os.environ.get("BIN_CA_FILE"))
    except (KeyError, OSError) as error:
        raise WrongUse(f"BIN_BOOTSTRAP is set, so BIN_USERNAME and BIN_PASSWORD_FILE must be: {error}") from error

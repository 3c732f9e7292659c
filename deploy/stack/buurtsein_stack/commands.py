"""Defines the commands that the one-machine stack adds to `buurtsein`: up, down, promote and so on."""

import os
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_chassis.tasks import Role
from buurtsein_operate.output import Json, document
from buurtsein_stack import jars as kafka_jars
from buurtsein_stack.home import Home
from buurtsein_stack.shape import Shape
from buurtsein_stack.stack import Stack, State

app = typer.Typer()
jars = typer.Typer(no_args_is_help=True, help="The jars of Apache Kafka.")
app.add_typer(jars, name="jars")
errors = Console(stderr=True)
out = Console()
MB = 1_000_000


def stack(home: Home | None = None, only: Collection[str] = ()) -> Stack:
    """Return the one-machine stack with its data in `home`; without `home`, the stack that runs now.

    `BUURTSEIN_BROKERS` and `BUURTSEIN_STANDBY` choose the servers of a new home. `only` names the roles (such as `api`)
    that the services run; empty means all roles. An environment variable with a service's prefix changes a setting of
    that service.
    """
    split = os.environ.get("BUURTSEIN_SPLIT", "").replace(",", " ").split()
    prefixes = tuple(f"{service.upper()}_" for service in service_names())
    env = {
        name: value for name, value in os.environ.items() if name.startswith(prefixes) and not name.endswith("_PORT")
    }
    return Stack((home or Home.present()).path, split=split, env=env, shape=Shape.asked(), only=only)


@app.command()
def up(
    only: Annotated[
        list[Role] | None, typer.Option(help="Run only these roles of the services, `api` among them; repeat it.")
    ] = None,
) -> None:
    """Start all processes that do not run yet, and wait until all are ready."""
    if only and Role.API not in only:
        raise CommandError("only", "the stack needs the role api: add --only api")
    begun = time.monotonic()
    with errors.status("buurtsein start") as spinner:
        stack(Home.default(), only or ()).up(lambda step: tell(spinner, f"buurtsein start: {step}"))
    out.print(
        f"Buurtsein is klaar ({time.monotonic() - begun:.1f} s). Adressen: {Home.default().manifest}", soft_wrap=True
    )


def tell(spinner: Status, text: str) -> None:
    """Show the name of the current step: as a spinner on a terminal, else as a line."""
    if errors.is_terminal:
        spinner.update(text)
    else:
        errors.print(text)


@app.command()
def down() -> None:
    """Stop all processes of the stack; their data are kept."""
    stack().down()


@app.command()
def promote() -> None:
    """Make PostgreSQL's standby the primary, after the primary was lost; the services reconnect without a restart."""
    stack().promote()


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False) -> None:
    """Stop all processes and delete the data, also those of a demo that was kept with KEEP=1."""
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Alle gegevens in {Home.default().path} wissen?", abort=True)
    if Home.default().demo.path.exists():
        stack(Home.default().demo).reset()
    stack(Home.default()).reset()


@app.command()
def status(*, as_json: Json = False) -> None:
    """Show each process with port, memory and health; exit 1 when one is not ready."""
    shown = stack()
    states = shown.status()
    if as_json:
        document([asdict(state) for state in states])
    else:
        out.print(table(states))
        out.print(f"De toestand van {shown.home.path}.", style="dim", soft_wrap=True, highlight=False)
    if any(state.health != "ready" for state in states):
        raise typer.Exit(1)


def table(states: list[State]) -> Table:
    """Return a table that shows the state of each process of the stack."""
    rows = Table("proces", "poort", "pid", "geheugen", "toestand")
    for state in states:
        memory = f"{state.memory / MB:.0f} MB" if state.pid else ""
        rows.add_row(state.name, str(state.port or ""), str(state.pid or ""), memory, state.health)
    total = sum(state.memory for state in states) / MB
    ready = sum(state.health == "ready" for state in states)
    rows.add_section()
    rows.add_row("samen", "", str(sum(state.pid is not None for state in states)), f"{total:.0f} MB", f"{ready} ready")
    return rows


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="The process; by default all of them.")] = None,
    *,
    follow: Annotated[bool, typer.Option("-f", "--follow")] = False,
    lines: Annotated[int, typer.Option("-n", help="The number of lines of each log.")] = 20,
) -> None:
    """Show the last lines of the processes' logs."""
    folder = Home.present().logs
    paths = sorted(folder.glob(f"{name or '*'}.log"))
    if not paths:
        raise CommandError("no-log", f"there is no log of {name or 'anything'} in {folder}")
    for path in paths:
        for line in path.read_text(errors="replace").splitlines()[-lines:]:
            print(f"{path.stem}: {line}")
    for line in new_lines(paths) if follow else ():
        print(line, flush=True)


def new_lines(paths: list[Path]) -> Iterator[str]:
    """Yield new lines of the processes' logs until interrupted."""
    opened = {path.stem: path.open(errors="replace") for path in paths}
    for file in opened.values():
        file.seek(0, os.SEEK_END)
    while True:
        for stem, file in opened.items():
            yield from (f"{stem}: {line.rstrip()}" for line in file)
        time.sleep(0.2)


@app.command()
def demo(*, keep: Annotated[bool, typer.Option("--keep", help="Leave the demo's stack running.")] = False) -> None:
    """Play the demo on a separate stack; exit 1 when the counts of accepted and applied events differ."""
    from buurtsein_stack.demo.run import run as run_demo  # noqa: PLC0415 - it loads the notifier's maps, numpy and all

    if not run_demo(out, keep=keep):
        raise typer.Exit(1)


@jars.command("fetch")
def fetch_jars() -> None:
    """Fetch Kafka's jars and check them against the committed list of hashes."""
    print(kafka_jars.ensure(Home.default().jars, errors))


@jars.command("lock")
def lock_jars() -> None:
    """Write the list of Kafka's jars and their hashes again, from Kafka's dependencies."""
    kafka_jars.relock()

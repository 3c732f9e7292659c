"""The operator's command: `buurtsein VERB NOUN`.

Invariant: exit status 0 done, 1 found something wrong, 2 used wrongly or the machine stands in the way; one sentence on
standard error says what; no secret is an argument or is printed.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from buurtsein_deploy import emergencies, imports, openapi
from buurtsein_deploy import jars as kafka_jars
from buurtsein_deploy import topics as catalogue
from buurtsein_deploy.demo.run import run as run_demo
from buurtsein_deploy.errors import StackError, machine_errors
from buurtsein_deploy.home import Home
from buurtsein_deploy.operations import commands as operations
from buurtsein_deploy.servers import SERVICES, principals
from buurtsein_deploy.stack import Stack, State

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
topics = typer.Typer(no_args_is_help=True, help="Topics, users and access rules of a Kafka cluster.")
jars = typer.Typer(no_args_is_help=True, help="The jars of Apache Kafka.")
app.add_typer(topics, name="topics")
app.add_typer(jars, name="jars")
app.add_typer(imports.app, name="import")
app.add_typer(emergencies.app, name="emergencies")
operations.add_to(app)
errors = Console(stderr=True)
out = Console()
MB = 1_000_000


def stack(home: Home | None = None) -> Stack:
    """The stack in a home, that of what runs by default, with the services' settings that the shell sets."""
    split = os.environ.get("BUURTSEIN_SPLIT", "").replace(",", " ").split()
    prefixes = tuple(f"{service.upper()}_" for service in SERVICES)
    env = {
        name: value for name, value in os.environ.items() if name.startswith(prefixes) and not name.endswith("_PORT")
    }
    return Stack((home or Home.present()).path, split=split, env=env)


@app.command()
def up() -> None:
    """Start what is missing; ready when it returns."""
    begun = time.monotonic()
    with errors.status("buurtsein start") as spinner:
        stack(Home.default()).up(lambda step: tell(spinner, f"buurtsein start: {step}"))
    out.print(
        f"Buurtsein is klaar ({time.monotonic() - begun:.1f} s). Adressen: {Home.default().manifest}", soft_wrap=True
    )


def tell(spinner: Status, text: str) -> None:
    """A step of the way; a line each when nobody watches."""
    if errors.is_terminal:
        spinner.update(text)
    else:
        errors.print(text)


@app.command()
def down() -> None:
    """Stop everything; the data stay."""
    stack().down()


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop everything and throw the data away, also those of a demo that was kept."""
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Alle gegevens in {Home.default().path} wissen?", abort=True)
    if Home.default().demo.path.exists():
        stack(Home.default().demo).reset()
    stack(Home.default()).reset()


@app.command()
def status(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Each process with port, memory and health; exit status 1 when one is not ready."""
    shown = stack()
    states = shown.status()
    if as_json:
        print(json.dumps([asdict(state) for state in states], indent=2))
    else:
        out.print(table(states))
        out.print(f"De toestand van {shown.home.path}.", style="dim", soft_wrap=True, highlight=False)
    if any(state.health != "ready" for state in states):
        raise typer.Exit(1)


def table(states: list[State]) -> Table:
    """The states for a person."""
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
    name: Annotated[str | None, typer.Argument(help="A process; all of them without.")] = None,
    *,
    follow: Annotated[bool, typer.Option("-f", "--follow")] = False,
    lines: Annotated[int, typer.Option("-n", help="How many lines of each.")] = 20,
) -> None:
    """The last lines of the logs."""
    folder = Home.present().logs
    paths = sorted(folder.glob(f"{name or '*'}.log"))
    if not paths:
        raise StackError("no-log", f"there is no log of {name or 'anything'} in {folder}")
    for path in paths:
        for line in path.read_text(errors="replace").splitlines()[-lines:]:
            print(f"{path.stem}: {line}")
    for line in new_lines(paths) if follow else ():
        print(line, flush=True)


def new_lines(paths: list[Path]) -> Iterator[str]:
    """Lines as they are written, until interrupted."""
    opened = {path.stem: path.open(errors="replace") for path in paths}
    for file in opened.values():
        file.seek(0, os.SEEK_END)
    while True:
        for stem, file in opened.items():
            yield from (f"{stem}: {line.rstrip()}" for line in file)
        time.sleep(0.2)


@app.command()
def demo(
    *, keep: Annotated[bool, typer.Option("--keep", help="Leave its stack running, to look around.")] = False
) -> None:
    """The main job, told as a story on a stack of its own; exit status 1 when its ledger does not balance."""
    if not run_demo(out, keep=keep):
        raise typer.Exit(1)


@app.command("openapi")
def write_openapi(*, to: Annotated[Path, typer.Option(help="The folder to write in.")]) -> None:
    """Write the OpenAPI document of each service, `<service>.json`; nothing needs to run."""
    to.mkdir(parents=True, exist_ok=True)
    for service, document in openapi.documents().items():
        path = to / f"{service}.json"
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        print(path)


@topics.command("apply")
def apply_topics(
    *,
    bootstrap: Annotated[str | None, typer.Option(envvar="BUURTSEIN_KAFKA_BOOTSTRAP", help="Else: this stack.")] = None,
    protocol: Annotated[str, typer.Option(envvar="BUURTSEIN_KAFKA_SECURITY_PROTOCOL")] = "SASL_SSL",
    username: Annotated[str, typer.Option(envvar="BUURTSEIN_KAFKA_USERNAME")] = "admin",
    ca_file: Annotated[
        str | None, typer.Option(envvar="BUURTSEIN_KAFKA_CA_FILE", help="The broker's authority; else the system's.")
    ] = None,
    replication: Annotated[int, typer.Option(help="Copies of each partition.")] = 3,
    new_passwords: Annotated[bool, typer.Option(help="Also set passwords of users that exist.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> None:
    """Bring a cluster in line with the catalogue.

    Passwords are files in BUURTSEIN_SECRETS_DIR: `kafka_<user>` for the administrator and for each user to be made.
    """
    if bootstrap:
        cluster = catalogue.Cluster(bootstrap, protocol, username, password(username), ca_file)
        users = {name: word for name in catalogue.principals() if (word := password(name, needed=False))}
    else:
        running = stack().servers
        cluster, replication = running.kafka.cluster(), 1
        users = {name: who.password for name, who in principals(running.home).items() if name != "admin"}
    for line in catalogue.apply(cluster, users, replication=replication, new_passwords=new_passwords, dry_run=dry_run):
        print(line)


def password(user: str, *, needed: bool = True) -> str:
    """A user's password from its file."""
    path = Path(os.environ.get("BUURTSEIN_SECRETS_DIR", ".")) / f"kafka_{user}"
    if not path.exists() and needed:
        raise StackError("secret", f"no password of {user}: {path} is not there (BUURTSEIN_SECRETS_DIR)")
    return path.read_text().strip() if path.exists() else ""


@jars.command("fetch")
def fetch_jars() -> None:
    """Fetch them, checked against the committed list."""
    print(kafka_jars.ensure(Home.default().jars, errors))


@jars.command("lock")
def lock_jars() -> None:
    """Write the list anew from what Kafka depends on."""
    kafka_jars.relock()


def main() -> None:
    """Run a command; SIGTERM is heard as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with machine_errors():
            app()
    except StackError as error:
        errors.print(f"buurtsein: {error.sentence}", style="red", soft_wrap=True, highlight=False, markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

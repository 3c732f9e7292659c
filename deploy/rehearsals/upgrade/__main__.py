"""Runs `make rehearse-upgrade`: upgrades every service to this checkout, back, and again under load, and counts events.

Exit status: 0 when everything adds up, 1 when something does not, 2 when it was used wrongly or cannot begin here.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Annotated

import typer
from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_operate.output import grid
from buurtsein_operate.releases import read
from buurtsein_stack import balancer
from buurtsein_stack.issuer import signing_key
from buurtsein_stack.people import token
from rehearsals.commanding import Operator
from rehearsals.lines import show
from rehearsals.network import recognised_network
from rehearsals.upgrade import accounts, installed
from rehearsals.upgrade.clients import Clients
from rehearsals.upgrade.fleet import Fleet, consumers_first
from rehearsals.upgrade.installed import PROJECT, Installed

PLACE = PROJECT / ".local" / "rehearsals" / "upgrade"
PLANTED = "alter table report rename column happened_from to happened_at;\n"
"""A migration that does not expand: the release before it cannot write a report any more."""
NAMED = 10
"""At most so many different answers that should not have come are shown."""

console = Console(width=None if Console().is_terminal else 140)


class Stopped(Exception):
    """Raised when a step sent no request or a request was refused, so that later steps would prove nothing."""


def main(
    rate: Annotated[
        float, typer.Option(min=1, max=200, help="Stories a second; a story is one to three requests.")
    ] = 15,
    pause: Annotated[float, typer.Option(min=1, help="Seconds of load before and after the replacements.")] = 10,
    drain: Annotated[float, typer.Option(min=0, help="drain_seconds of the services; 0 shows what it is for.")] = 5,
    *,
    plant: Annotated[
        bool, typer.Option("--plant", help="Give this release a migration that breaks the other.")
    ] = False,
) -> None:
    """Upgrade from the previous release to this checkout, back, and again, one process after the other, under load."""
    try:
        with machine_errors():
            before, after = _releases(plant=plant)
    except CommandError as error:
        console.print(f"rehearse-upgrade: {error.code}: {error}", soft_wrap=True)
        raise typer.Exit(2) from error
    fleet = Fleet(PLACE / "home", drain)
    try:
        good = _rehearsed(fleet, before, after, rate, pause)
        console.print("everything adds up" if good else "it does not add up")
        raise typer.Exit(0 if good else 1)
    except CommandError as error:
        console.print(f"rehearse-upgrade: {error.code}: {error}", soft_wrap=True)
        raise typer.Exit(1) from error
    finally:
        fleet.down()


def _releases(*, plant: bool) -> tuple[Installed, Installed]:
    """Return the previous release and this checkout, each installed in its own environment."""
    balancer.needed()
    previous = read(PROJECT / "deploy" / "releases.toml")[-1]
    console.print(f"wheels of {previous.version} ({previous.commit[:7]}) and of this checkout")
    old, new = PLACE / "previous", PLACE / "checkout"
    before = installed.install(previous.version, installed.of_commit(previous.commit, old / "source"), old)
    source = installed.of_checkout(new / "source")
    if plant:
        (source / "services/reports/buurtsein_reports/migrations/9999_planted.sql").write_text(PLANTED)
    return before, installed.install("this checkout", source, new)


def _rehearsed(fleet: Fleet, before: Installed, after: Installed, rate: float, pause: float) -> bool:
    """Run the upgrade rehearsal on new servers; return True if no request was refused and all counts are equal."""
    fleet.reset()
    console.print(f"servers, two processes of each service ({before.name}), HAProxy")
    fleet.begin(before)
    manifest = json.loads(fleet.home.manifest.read_text())
    key, issuer = signing_key(fleet.home), manifest["issuer"]["url"]
    clients = Clients(manifest, lambda person: token(person, issuer, key), recognised_network(manifest))
    try:
        with _load(clients, rate):
            _upgraded_and_back(fleet, clients, before, after, pause)
    except Stopped:
        return False
    finally:
        _show_answers(clients)
    console.print("counting")
    events = asyncio.run(accounts.logged(manifest["postgres"]["databases"]))
    lines = accounts.compared(Operator(fleet.home.path))
    lines += accounts.recorded(clients.accepted, events)
    lines += accounts.effects(manifest, clients.fires, clients.accepted, events)
    show(console, lines)
    return all(line.right for line in lines) and all(tally.good for tally in clients.tallies.values())


def _upgraded_and_back(fleet: Fleet, clients: Clients, before: Installed, after: Installed, pause: float) -> None:
    """Upgrade, go back, and upgrade again; then rebuild the projections that are stale."""
    order = consumers_first()

    def every_process(services: tuple[str, ...], release: Installed) -> None:
        for process in (process for service in services for process in fleet.processes_of(service)):
            begun = time.monotonic()
            fleet.replace(process, release)
            console.print(f"  {process} runs {release.name} after {time.monotonic() - begun:.1f} s")

    _step(clients, f"{before.name} alone", lambda: time.sleep(pause))
    _step(clients, "migrations of this checkout", lambda: fleet.migrate(after))
    _step(clients, f"{before.name} on the new schema", lambda: time.sleep(pause))
    _step(clients, f"{before.name} to this checkout", lambda: every_process(order, after))
    _step(clients, "this checkout alone", lambda: time.sleep(pause))
    _step(clients, f"this checkout to {before.name}", lambda: every_process(order[::-1], before))
    _step(clients, f"{before.name} again", lambda: time.sleep(pause))
    _step(clients, f"{before.name} to this checkout again", lambda: every_process(order, after))
    _step(clients, "this checkout again", lambda: time.sleep(pause))
    _step(clients, "stale projections are rebuilt", lambda: accounts.rebuild_stale(Operator(fleet.home.path)))


def _step(clients: Clients, name: str, act: Callable[[], object]) -> None:
    """Run one step under load; raise Stopped when a request was refused, or when no request was sent."""
    console.print(name)
    tally = clients.step(name)
    act()
    if not tally.good:
        raise Stopped


@contextmanager
def _load(clients: Clients, rate: float) -> Iterator[None]:
    """Send people's requests from a thread during the `with` block; at its end, wait for the last requests."""
    enough = Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(lambda: asyncio.run(clients.run(rate, enough.is_set)))
        try:
            yield
        finally:
            enough.set()
            running.result()  # raises an error of the thread, after which the services had no load


def _show_answers(clients: Clients) -> None:
    table = grid("step", "answers", "slowest", "not accepted")
    for name, tally in clients.tallies.items():
        answers = ", ".join(f"{number} x {answer}" for answer, number in sorted(tally.answers.items()))
        table.add_row(name, answers, f"{tally.slowest:.2f} s", str(len(tally.complaints)))
    console.print(table)
    complaints = Counter(complaint for tally in clients.tallies.values() for complaint in tally.complaints)
    for complaint, times in complaints.most_common(NAMED):
        console.print(f"  {times} x {complaint}", soft_wrap=True, markup=False)


if __name__ == "__main__":
    typer.run(main)

"""Runs `make rehearse-restore`: restores PostgreSQL to a past moment while Kafka keeps newer events, and counts.

It follows `docs/operations/restore.md` on a stack of its own. Exit status: 0 when everything adds up, 1 when something
does not, 2 when it cannot begin here.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_operate.output import grid
from buurtsein_stack.stack import Stack
from rehearsals.lines import show
from rehearsals.restore import steps
from rehearsals.restore.sizes import Size
from rehearsals.restore.steps import Rehearsal

PROJECT = Path(__file__).resolve().parents[3]
PLACE = PROJECT / ".local" / "rehearsals" / "restore"

console = Console(width=None if Console().is_terminal else 140)


def main(
    events: Annotated[int, typer.Option(min=3, max=200, help="Reports of litter in each part.")] = 30,
    *,
    plant: Annotated[
        bool, typer.Option("--plant", help="Leave out the recovery: it must be seen to be missing.")
    ] = False,
) -> None:
    """Restore PostgreSQL to a past moment, recover newer events from Kafka, lose a topic, and count all events."""
    stack = Stack(PLACE / "home")
    at = Rehearsal(stack, events)
    try:
        with machine_errors():
            stack.reset()
            _rehearsed(at, plant=plant)
    except CommandError as error:
        console.print(f"rehearse-restore: {error.code}: {error}", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    finally:
        stack.down()
        show(console, at.lines)
    raise typer.Exit(0 if all(line.right for line in at.lines) else 1)


def _rehearsed(at: Rehearsal, *, plant: bool) -> None:
    """Run all steps of the restore rehearsal; each step adds its counts to `at`."""
    _step("servers, services, a network, a base backup, people at work up to the moment", lambda: steps.live(at))
    _step(f"people go on after the moment {at.moment}", lambda: steps.go_on(at))
    accepted = _step("everything but Kafka is killed", lambda: steps.disaster(at))
    lacking = _step("PostgreSQL back to the moment", lambda: steps.restore(at))
    console.print(
        f"  the logs had {accepted} events, {len(at.before)} of them published; they lack {lacking} of these now"
    )
    if not plant:
        _step("the events back into the logs", lambda: steps.recover(at, lacking))
    _step("services without relays; consumer groups back", lambda: steps.start_without_relays(at))
    _step("consumers read again", lambda: steps.check_consumers(at))
    _step("steps entered again", lambda: steps.enter_again(at))
    _step("relays, and people at work", lambda: steps.start_relays(at))
    _step("counting", lambda: steps.judge(at))
    _show_sizes(steps.measure(at))
    if not plant:
        _step("a topic is lost and filled again", lambda: steps.lose_a_topic(at))


def _step[Result](name: str, act: Callable[[], Result]) -> Result:
    """Run one step of the rehearsal, print its duration, and return its result."""
    console.print(name)
    begun = time.monotonic()
    result = act()
    console.print(f"  {time.monotonic() - begun:.1f} s")
    return result


def _show_sizes(sizes: list[Size]) -> None:
    """Print the sizes in bytes of rows and records, which are constants of the capacity model."""
    table = grid("table or topic", "rows", "bytes each")
    for size in sizes:
        table.add_row(size.what, f"{size.number:,}", f"{size.each:,.0f}")
    console.print(table)


if __name__ == "__main__":
    typer.run(main)

"""Runs `make capacity`: computes what an installation of a given size needs, and checks it against `make bench`.

Exit status: 0 when done, 1 when this machine is much slower than the constants say, 2 when it was used wrongly.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from buurtsein_chassis.command_errors import CommandError
from capacity import bench, tables
from capacity.model import PLACES, Place

PROJECT = Path(__file__).resolve().parents[2]
BENCH = PROJECT / ".local" / "bench.json"

Number = Annotated[int | None, typer.Option(min=1)]


def main(
    networks: Number = None,
    members: Number = None,
    reports: Annotated[int | None, typer.Option(min=1, help="In a year.")] = None,
    desks: Annotated[int, typer.Option(min=1, help="Desks of police that decide about alerts.")] = 1,
    figures: Annotated[Path, typer.Option("--bench", help="The figures of make bench.")] = BENCH,
) -> None:
    """Print what an installation for a city, a province or Belgium needs, or one of the size that the options give."""
    asked = (networks, members, reports)
    if any(asked) and not all(asked):
        typer.echo("capacity: give --networks, --members and --reports together", err=True)
        raise typer.Exit(2)
    places: Sequence[Place] = PLACES
    if networks and members and reports:
        places = (Place("this place", networks, members, reports, desks),)
    typer.echo(tables.sizes(places))
    typer.echo(tables.storage(places))
    typer.echo(tables.first(places[-1]))
    if figures.exists() or figures != BENCH:
        raise typer.Exit(_checked(figures))
    typer.echo("no figures of this machine: run make bench first, to compare the constants with them")


def _checked(figures: Path) -> int:
    """Print each assumed time beside the measured time.

    Return 1 if a measured time is longer, 2 if the file of measurements cannot be read, and else 0.
    """
    try:
        found = bench.compared(figures)
    except CommandError as error:
        typer.echo(f"capacity: {error}", err=True)
        return 2
    for one in found:
        verdict = "ok" if one.right else "TOO SLOW"
        typer.echo(f"{one.name}: {one.constant:,.0f}, measured here {one.measured:,.0f}: {verdict}")
    return 0 if all(one.right for one in found) else 1


if __name__ == "__main__":
    typer.run(main)

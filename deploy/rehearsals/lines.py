"""Compares an expected and a counted value in each line of a rehearsal, and prints all lines as a table.

Invariant: a line is right when the found value equals the wanted one, which was counted or stated elsewhere; no line
has a tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from buurtsein_operate.output import grid


@dataclass(frozen=True, slots=True)
class Line:
    """An expected and a counted value that must be equal, such as the accepted and the logged events of one type."""

    what: str
    wanted: int | str
    found: int | str

    @property
    def right(self) -> bool:
        """Return whether the expected and the counted value are equal."""
        return self.wanted == self.found


def show(console: Console, lines: Sequence[Line]) -> None:
    """Print a table of the lines, which marks each line whose values differ."""
    table = grid("what", "wanted", "found", "")
    for line in lines:
        table.add_row(line.what, str(line.wanted), str(line.found), "ok" if line.right else "DIFFERS")
    console.print(table)

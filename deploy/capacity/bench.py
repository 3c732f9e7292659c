"""Compares the constants of the capacity model with the results of a run of `make bench`."""

import json
from dataclasses import dataclass
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from capacity import known

FACTOR = 2.0
"""A machine that is so many times slower than the constants makes the model wrong."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A constant of the capacity model, and the value that a run of `make bench` measured for it."""

    name: str
    constant: float
    measured: float
    per_second: bool

    @property
    def slower(self) -> float:
        """Return how many times slower the measured value is than the constant."""
        return self.constant / self.measured if self.per_second else self.measured / self.constant

    @property
    def right(self) -> bool:
        """Return whether the measured value is at most FACTOR times slower than the constant."""
        return self.slower <= FACTOR


def compared(file: Path) -> list[Compared]:
    """Return constants with their measured values from a results file; raise CommandError `bench` for a bad file."""
    try:
        bars = {bar["name"]: float(bar["ours"]) for bar in json.loads(file.read_text())["bars"]}
        wanted = {name: one for name, one in known.constants().items() if one.bar}
        return [Compared(name, one.value, bars[one.bar], one.per_second) for name, one in wanted.items()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError("bench", f"{file} has no figures of `make bench`: {error!r}") from error

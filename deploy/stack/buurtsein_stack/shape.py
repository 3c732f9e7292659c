"""Defines how many servers a stack has: one or three Kafka brokers, and PostgreSQL with or without a standby.

Invariant: a home keeps the shape with which its data were made; only `promoted` changes it, when the standby has become
the primary.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Self

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.home import Home, write_private

BROKERS = (1, 3)
DATABASES = ("postgres", "postgres-2")
"""The names of the two PostgreSQL servers; which of them is the primary can change."""


class Standby(StrEnum):
    """The kind of standby: none, asynchronous, or synchronous (a commit waits until the standby has it on disk)."""

    NONE = "none"
    ASYNCHRONOUS = "asynchronous"
    SYNCHRONOUS = "synchronous"


@dataclass(frozen=True, slots=True)
class Shape:
    """The servers of a stack: the number of brokers, the kind of standby, and the primary's name."""

    brokers: int = 1
    standby: Standby = Standby.NONE
    primary: str = DATABASES[0]
    """The name of the PostgreSQL server that takes writes."""

    @classmethod
    def asked(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """Return the servers that BUURTSEIN_BROKERS and BUURTSEIN_STANDBY request; None when neither is set.

        Raises:
            CommandError: `shape`, when a value is not one of those that are possible.
        """
        brokers, standby = environment.get("BUURTSEIN_BROKERS"), environment.get("BUURTSEIN_STANDBY")
        if not brokers and not standby:
            return None
        if (brokers or "1") not in map(str, BROKERS):
            raise CommandError("shape", f"BUURTSEIN_BROKERS is 1 or 3, not {brokers!r}")
        if (standby or "none") not in list(Standby):
            raise CommandError("shape", f"BUURTSEIN_STANDBY is {', '.join(Standby)}, not {standby!r}")
        return cls(int(brokers or 1), Standby(standby or "none"))

    @classmethod
    def of(cls, home: Home) -> Self:
        """Return the servers that a file in the home folder describes; by default one broker and no standby."""
        if not home.shape.exists():
            return cls()
        kept = json.loads(home.shape.read_text())
        return cls(kept["brokers"], Standby(kept["standby"]), kept["primary"])

    @property
    def databases(self) -> tuple[str, ...]:
        """Return the names of the PostgreSQL servers, the primary first."""
        if self.standby is Standby.NONE:
            return (self.primary,)
        return (self.primary, *(name for name in DATABASES if name != self.primary))

    def promoted(self) -> Self:
        """Return a copy of this description, in which the standby is now the primary."""
        return replace(self, primary=self.databases[1])

    def keep(self, home: Home) -> None:
        """Write this description of the servers to the file in the home folder."""
        write_private(home.shape, json.dumps(asdict(self)))


def settle(home: Home, asked: Shape | None) -> None:
    """Write the requested servers to a new home folder; check that an existing home folder has the same servers.

    Raises:
        CommandError: `shape`, when the home has data of another shape.
    """
    kept, new = Shape.of(home), not (home.path / "ports.json").exists()
    if new:
        (asked or kept).keep(home)
    elif asked and (asked.brokers, asked.standby) != (kept.brokers, kept.standby):
        what = f"{kept.brokers} broker(s) and standby {kept.standby}"
        raise CommandError("shape", f"the stack in {home.path} has {what}: reset it first (buurtsein reset)")

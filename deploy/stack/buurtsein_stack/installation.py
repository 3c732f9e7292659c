"""Reads an installation: a folder with `installation.toml` and other files that describe one municipality.

Invariant: no code names a municipality. `BUURTSEIN_INSTALLATION` is a name in `installations/` or the path of a folder.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate import consumers
from buurtsein_operate.consumers import Consumer

SHIPPED = Path(__file__).resolve().parents[2] / "installations"


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings of a municipality and its police zone."""

    folder: Path
    name: str
    source: str
    """The first part of the CloudEvents `source` of this installation's events; the service's name follows it."""
    consumers: tuple[Consumer, ...]
    facts: Mapping[str, str]
    """All values of the file as text, for the settings in manifests; a key in a table is named `<table>_<key>`."""

    @classmethod
    def load(cls, which: str | None = None) -> Self:
        """Read an installation, given its name or folder.

        Raises:
            CommandError: `installation`, when the folder does not exist or a value is missing.
        """
        wanted = which or os.environ.get("BUURTSEIN_INSTALLATION", "aalst")
        folder = SHIPPED / wanted if (SHIPPED / wanted).is_dir() else Path(wanted).resolve()
        try:
            facts = {"folder": str(folder), **_flat(tomllib.loads((folder / "installation.toml").read_text()))}
            return cls(folder, facts["name"], facts["source"], consumers.read(folder / consumers.FILE), facts)
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise CommandError("installation", f"no usable installation in {folder}: {error!r}") from error


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Return the values of a table as text, by name: a list becomes `a,b`, a nested table becomes `<table>_<key>`."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}_")
        else:
            found[prefix + key] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return found

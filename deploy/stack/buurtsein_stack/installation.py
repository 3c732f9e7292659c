"""What is particular to one municipality: a folder with `installation.toml` and the files it names.

Invariant: no other code knows any municipality; `BUURTSEIN_INSTALLATION` is a name in `installations/` or a folder.
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
    """A municipality with its police zone."""

    folder: Path
    name: str
    source: str
    """The CloudEvents source of its events, without the service."""
    consumers: tuple[Consumer, ...]
    facts: Mapping[str, str]
    """Everything in the file as text, for the settings that a manifest asks for; a table's keys follow its name."""

    @classmethod
    def load(cls, which: str | None = None) -> Self:
        """Read an installation by name or folder.

        Raises:
            CommandError: `installation`, when it is not there or lacks something.
        """
        wanted = which or os.environ.get("BUURTSEIN_INSTALLATION", "aalst")
        folder = SHIPPED / wanted if (SHIPPED / wanted).is_dir() else Path(wanted).resolve()
        try:
            facts = {"folder": str(folder), **_flat(tomllib.loads((folder / "installation.toml").read_text()))}
            return cls(folder, facts["name"], facts["source"], consumers.read(folder / consumers.FILE), facts)
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise CommandError("installation", f"no usable installation in {folder}: {error!r}") from error


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """The facts of a table by name; of a list the items with commas, of a table inside each fact after its name."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}_")
        else:
            found[prefix + key] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return found

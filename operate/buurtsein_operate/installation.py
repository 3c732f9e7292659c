"""Reads an installation: a folder with `installation.toml` and other files about one municipality.

Invariant: no code names a municipality.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts.topics import ERASURES
from buurtsein_operate import consumers
from buurtsein_operate.consumers import Consumer

FILE = "installation.toml"


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings of one municipality and its police zone."""

    folder: Path
    name: str
    source: str
    """The first part of the CloudEvents `source` of this installation's events; the service's name follows it."""
    consumers: tuple[Consumer, ...]
    facts: Mapping[str, str]
    """All values of the file as text, for the settings in manifests; a key in a table is named `<table>_<key>`."""
    tables: Mapping[str, Any]
    """The file as it is."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the installation in a folder; raise CommandError when its files are wrong.

        Raises:
            CommandError: `installation`, when the folder does not exist or a value is missing; `consumers`, when its
                file of outside consumers is wrong.
        """
        try:
            tables = tomllib.loads((folder / FILE).read_text())
            outside = consumers.read(folder / consumers.FILE)
            facts = {"folder": str(folder), **_flat(tables)}
            return cls(folder, facts["name"], facts["source"], outside, facts, tables)
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise CommandError("installation", f"no usable installation in {folder}: {error!r}") from error

    @property
    def derived(self) -> dict[str, str]:
        """Return settings that follow from other files: `erasure_consumers`, the consumers who confirm erasures."""
        listening = [consumer.name for consumer in self.consumers if consumer.tier in ERASURES.audiences]
        return {"erasure_consumers": ",".join(listening)}

    def filled_in(self, settings: Mapping[str, str], service: str, **facts: str) -> dict[str, str]:
        """Return the settings after replacing each `{name}` by its value in `facts`, `derived` or the installation.

        Raises:
            CommandError: `setting`, when a setting asks for a value that the installation does not have.
        """
        try:
            known = {**self.facts, **self.derived, **facts}
            return {name: text.format_map(known) for name, text in settings.items()}
        except KeyError as error:
            sentence = f"the manifest of {service} asks for {error}, which {self.folder} does not tell"
            raise CommandError("setting", sentence) from error


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Return a table's values as text by name: a list becomes `a,b`, a nested table's key becomes `<table>_<key>`."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}_")
        else:
            found[prefix + key] = as_text(value)
    return found


def as_text(value: object) -> str:
    """Return a TOML value as text for an environment variable: a list as `a,b`, a boolean as `true` or `false`."""
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)

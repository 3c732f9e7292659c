"""Reads the project's own distributions from their `pyproject.toml`: names, versions, and the libraries they need."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from buurtsein_chassis.command_errors import CommandError

OURS = "buurtsein-"
"""The names of all our own distributions begin with this."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One of our distributions: its folder, and the table `project` of the `pyproject.toml` in that folder."""

    folder: Path
    project: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return the distribution's name, such as `buurtsein-reports`."""
        return str(self.project["name"])

    @property
    def version(self) -> str:
        """Return the distribution's version."""
        return str(self.project["version"])

    def needs(self, extras: set[str]) -> Iterator[Requirement]:
        """Yield the requirements that the distribution declares, including those of the given extras."""
        optional = self.project.get("optional-dependencies", {})
        for line in (*self.project.get("dependencies", ()), *(one for extra in extras for one in optional[extra])):
            yield Requirement(line)


def distributions(root: Path) -> dict[str, Distribution]:
    """Return the distributions of the workspace in a folder, by name; raise CommandError `no-project`."""
    try:
        workspace = _table(root / "pyproject.toml")["tool"]["uv"]["workspace"]["members"]
    except (OSError, KeyError) as error:
        raise CommandError("no-project", f"{root} is not the folder of the project") from error
    folders = [path.parent for pattern in workspace for path in sorted(root.glob(f"{pattern}/pyproject.toml"))]
    found = [Distribution(folder, _table(folder / "pyproject.toml")["project"]) for folder in folders]
    return {one.name: one for one in found}


def closure(name: str, ours: Mapping[str, Distribution]) -> list[str]:
    """Return the sorted names of a distribution and all our distributions that it requires, directly or indirectly."""
    return sorted(_asked([name], ours))


def libraries(lines: Iterable[str], ours: Mapping[str, Distribution]) -> list[str]:
    """Return the sorted third-party requirements of an environment that contains these distributions of ours."""
    asked = _asked(lines, ours)
    needed = {str(need) for name, extras in asked.items() for need in ours[name].needs(extras)}
    return sorted(line for line in needed if not line.startswith(OURS))


def _asked(lines: Iterable[str], ours: Mapping[str, Distribution]) -> dict[str, set[str]]:
    """Return the extras of our distributions that these requirements, or our other distributions, ask for."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(line) for line in lines]
    while waiting:
        one = waiting.pop()
        if one.name in found and one.extras <= found[one.name]:
            continue
        found[one.name] = found.get(one.name, set()) | one.extras
        waiting += [need for need in ours[one.name].needs(one.extras) if need.name.startswith(OURS)]
    return found


def _table(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())

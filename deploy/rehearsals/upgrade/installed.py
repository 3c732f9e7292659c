"""Builds the wheels of a release and installs them in an environment of their own, without the checkout's packages.

Invariant: an environment has the release's wheels and the libraries of the release's lock, and nothing editable.
"""

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from buurtsein_stack.release.programs import printed_by, uv
from buurtsein_stack.release.wheels import build, source

PROJECT = Path(__file__).resolve().parents[3]
ROOMS = ("kernel", "contracts", "chassis", "services")
SCHEMES = Path("deploy") / "installations" / "aalst" / "schemes.toml"
RULES = Path("services") / "notifier" / "buurtsein_notifier" / "rules.toml"
FILES = ("pyproject.toml", "requirements.lock")
UNPACKED = shutil.ignore_patterns("__pycache__", "*.egg-info")
BESIDES = ("buurtsein_operate-", "buurtsein_stack-")
"""How the names of wheels begin that no service needs."""
EPOCH = "315532800"
"""The time of the files in the wheels, which nobody reads."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A release installed in its own environment; `python` is the path of that environment's interpreter."""

    name: str
    python: Path
    settings: Mapping[str, str]
    """The paths of the installation files in the form that this release reads, by environment variable."""

    def settings_of(self, service: str) -> dict[str, str]:
        """Return those of the settings that belong to one service."""
        return {name: value for name, value in self.settings.items() if name.startswith(f"{service.upper()}_")}


def of_commit(commit: str, place: Path) -> Path:
    """Unpack the files of a commit in a folder and return it; raise CommandError `commit` when git does not have it."""
    return source(PROJECT, commit, _empty(place))


def of_checkout(place: Path) -> Path:
    """Copy the sources of this checkout, with changes that are not committed, to a folder, and return the folder."""
    copy = _empty(place)
    for room in ROOMS:
        shutil.copytree(PROJECT / room, copy / room, ignore=UNPACKED)
    for file in FILES:
        shutil.copy(PROJECT / file, copy)
    return copy


def install(name: str, tree: Path, place: Path) -> Installed:
    """Build the wheels of a folder with sources and install them, with the versions of its lock.

    Raises:
        CommandError: `wheel` or `install`.
    """
    environment = place / "environment"
    wheels = build(PROJECT, tree, _empty(place / "wheels"), EPOCH)
    services = [str(wheel) for wheel in wheels if not wheel.name.startswith(BESIDES)]
    fresh = [uv(PROJECT), "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(environment)]
    printed_by(fresh, place, code="install")
    into = [uv(PROJECT), "pip", "install", "--quiet", "--python", str(environment)]
    printed_by([*into, "--constraint", str(tree / "requirements.lock"), *services], place, code="install")
    return Installed(name, environment / "bin" / "python", _own_files(tree))


def _own_files(tree: Path) -> Mapping[str, str]:
    """Return the settings that name a release's own files of funding schemes and alert rules.

    Release 0.1.0 has another format of these files. The limits in the rules are raised so far that each fire which the
    rehearsal reports leads to an alert.
    """
    given = {"FUNDING_SCHEMES_FILE": tree / SCHEMES} if (tree / SCHEMES).exists() else {}
    limited = (tree / RULES).read_text()
    if "[overload]" in limited:
        given["NOTIFIER_RULES_FILE"] = tree / "rules.toml"
        given["NOTIFIER_RULES_FILE"].write_text(re.sub(r"(?m)^alerts = \d+$", "alerts = 1000", limited))
    return {name: str(path) for name, path in given.items()}


def _empty(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place

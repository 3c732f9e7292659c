"""Builds the wheels of a release and installs them in an environment of their own, without the checkout's packages.

Invariant: an environment has the release's wheels and the libraries of the release's lock, and nothing editable.
"""

import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError

PROJECT = Path(__file__).resolve().parents[3]
ROOMS = ("kernel", "contracts", "chassis", "services")
LOCK = "requirements.lock"
UNPACKED = shutil.ignore_patterns("__pycache__", "*.egg-info")


@dataclass(frozen=True, slots=True)
class Installed:
    """A release in an environment of its own; `python` is that environment's interpreter."""

    name: str
    python: Path


def of_commit(commit: str, place: Path) -> Path:
    """Unpack the sources of a commit in a folder, and return the folder.

    Raises:
        CommandError: `no-commit`, when git does not have it.
    """
    archive = subprocess.run(
        ["git", "-C", str(PROJECT), "archive", "--format=tar", commit, *ROOMS, LOCK],  # noqa: S607 # any git will do
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        sentence = f"git does not have commit {commit} of the previous release (a shallow clone? git fetch --unshallow)"
        raise CommandError("no-commit", sentence)
    source = _empty(place)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(source, filter="data")
    return source


def of_checkout(place: Path) -> Path:
    """Copy the sources of this checkout, with changes that are not committed, to a folder, and return the folder."""
    source = _empty(place)
    for room in ROOMS:
        shutil.copytree(PROJECT / room, source / room, ignore=UNPACKED)
    shutil.copy(PROJECT / LOCK, source)
    return source


def install(name: str, source: Path, place: Path) -> Installed:
    """Build the wheels of a folder with sources and install them with the versions of its lock.

    Raises:
        CommandError: `wheels`, with the last line of what uv said.
    """
    packages = [folder for room in ROOMS for folder in _packages(source / room)]
    uv, wheels, environment = _uv(), _empty(place / "wheels"), place / "environment"
    for package in packages:
        _run([uv, "build", "--wheel", "--quiet", "--python", sys.executable, "--out-dir", str(wheels), str(package)])
    _run([uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(environment)])
    into = [uv, "pip", "install", "--quiet", "--python", str(environment), "--constraint", str(source / LOCK)]
    _run([*into, *map(str, sorted(wheels.glob("*.whl")))])
    return Installed(name, environment / "bin" / "python")


def _packages(room: Path) -> Sequence[Path]:
    return (
        [room] if (room / "pyproject.toml").exists() else sorted(file.parent for file in room.glob("*/pyproject.toml"))
    )


def _empty(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def _uv() -> str:
    found = next((PROJECT / ".local" / "tools").glob("uv-*/bin/uv"), None)
    if found is None:
        raise CommandError("no-environment", "uv is not installed here: run `make install` first")
    return str(found)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["it said nothing"]
        raise CommandError("wheels", f"uv {' '.join(command[1:3])} failed: {words[-1]}")

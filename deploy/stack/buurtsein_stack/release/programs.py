"""Runs the programs that a release needs (uv, git, pip), and turns their failure into one sentence."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError


def uv(root: Path) -> str:
    """Return the path of the project's own uv; raise CommandError `no-uv` before `make install` has fetched it."""
    found = sorted((root / ".local" / "tools").glob("uv-*/bin/uv"))
    if not found:
        raise CommandError("no-uv", "uv is missing: run `make install`")
    return str(found[-1])


def told(
    command: Sequence[str], folder: Path, *, code: str, given: str = "", env: Mapping[str, str] | None = None
) -> str:
    """Run a program in a folder with `given` as its input and return its output as text; raise as `output` does."""
    return output(command, folder, code=code, given=given, env=env).decode()


def output(
    command: Sequence[str], folder: Path, *, code: str, given: str = "", env: Mapping[str, str] | None = None
) -> bytes:
    """Run a program in a folder with `given` as its input and return its output.

    Raises:
        CommandError: `code`, with the last line that the program wrote, when it fails or is missing.
    """
    try:
        done = subprocess.run(
            command, cwd=folder, input=given.encode(), env=os.environ | (env or {}), capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise CommandError(code, f"{command[0]} is missing on this machine") from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).decode().splitlines() if line.strip()]
        raise CommandError(code, f"{Path(command[0]).name} {command[1]}: {lines[-1] if lines else 'it failed'}")
    return done.stdout

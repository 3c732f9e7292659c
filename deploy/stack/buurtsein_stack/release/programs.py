"""Runs the programs that a release needs (uv, git, pip), and turns their failure into one sentence."""

import os
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError


def uv(root: Path) -> str:
    """Return the path of the project's own uv; raise CommandError `no-uv` before `make install` has fetched it."""
    found = sorted((root / ".local" / "tools").glob("uv-*/bin/uv"))
    if not found:
        raise CommandError("no-uv", "uv is missing: run `make install`")
    return str(found[-1])


def printed_by(
    command: Sequence[str],
    folder: Path,
    *,
    code: str,
    given: str = "",
    env: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> str:
    """Run a program in a folder and return its output as text.

    Args:
        command: the program and its arguments.
        folder: its working directory.
        code: the code of the error.
        given: its standard input.
        env: environment variables in addition to those of this process.
        only: the names of the variables of this process that the program gets; by default all.

    Raises:
        CommandError: `code`, with the last line that the program wrote, when it fails or is missing.
    """
    inherited = {name: value for name, value in os.environ.items() if only is None or name in only}
    try:
        done = subprocess.run(
            command, cwd=folder, input=given.encode(), env=inherited | dict(env or {}), capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise CommandError(code, f"{command[0]} is missing on this machine") from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).decode().splitlines() if line.strip()]
        last = lines[-1] if lines else "it failed and said nothing"
        raise CommandError(code, f"{Path(command[0]).name} {' '.join(command[1:3])}: {last}")
    return done.stdout.decode()

"""Runs a command, such as a compiler, for the tests of programs in other languages than Python."""

import os
import re
import subprocess
from pathlib import Path

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command and return its output; raise AssertionError with that output when the command fails."""
    result = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    return COLOURS.sub("", result.stdout)

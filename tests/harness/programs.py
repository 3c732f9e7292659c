"""Programs of other languages, in a test: skipped, visibly, where they or their registry cannot be had."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNREACHABLE = (
    "Could not transfer artifact",
    "Could not resolve dependencies",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not on this machine: {', '.join(missing)}")


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """A step's output; a test is skipped, visibly, where the language's registry cannot be reached."""
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
    if result.returncode and any(sign in result.stdout for sign in UNREACHABLE):
        pytest.skip(f"the packages for {folder.name} cannot be fetched here")
    assert result.returncode == 0, result.stdout
    return COLOURS.sub("", result.stdout)

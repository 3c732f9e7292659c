"""Runs the unit tests with the lowest versions of libraries that our packages declare, in a separate environment.

No other check finds a lower bound that cannot be installed, or with which our code does not work.
"""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PLACE = PROJECT / ".local" / "lowest"
PACKAGES = ("kernel[areas]", "contracts[cli,docs,kafka,testing]", "chassis[otel,serve]", "operate", "deploy/stack")
TOOLS = ("hypothesis", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "cloudevents", "schemathesis")
"""The tools that the tests need, in the versions of requirements.lock."""


def locked(tool: str) -> str:
    """Return the requirement of a tool with its version from requirements.lock."""
    found = re.search(rf"^{tool}==\S+", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)
    if found is None:
        sys.exit(f"lowest: {tool} is not in requirements.lock")
    return found[0]


def main() -> int:
    """Install the lowest versions, then run the unit tests; return the exit status of the first step that failed."""
    uv = str(next((PROJECT / ".local" / "tools").glob("uv-*/bin/uv")))
    services = [f"services/{path.parent.name}" for path in sorted(PROJECT.glob("services/*/pyproject.toml"))]
    ours = [part for package in (*PACKAGES, *services) for part in ("--editable", package)]
    python = str(PLACE / "bin" / "python")
    install = [uv, "pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct", *ours]
    commands = (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(PLACE)],
        [*install, *map(locked, TOOLS)],
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit", *sys.argv[1:]],
    )
    statuses = (subprocess.run(command, cwd=PROJECT, check=False).returncode for command in commands)
    return next((status for status in statuses if status), 0)


if __name__ == "__main__":
    sys.exit(main())

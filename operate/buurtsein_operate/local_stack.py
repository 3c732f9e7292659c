"""Finds the one-machine stack (servers and services) that runs here by its file `stack.json`.

The stack writes that file when it starts; the commands only read it, so that they do not import the stack's package.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from buurtsein_chassis.command_errors import CommandError

FILE = "stack.json"


def home() -> Path:
    """Return the folder with the stack's data: `BUURTSEIN_HOME`, or `.local` beside the Python environment."""
    return Path(os.environ.get("BUURTSEIN_HOME") or Path(sys.prefix).parent / ".local").resolve()


def stack_file() -> Path:
    """Return the path of the stack's `stack.json`, or that of a demo kept with KEEP=1 when only that demo runs."""
    usual, kept = home() / FILE, home() / "demo" / "stack" / FILE
    return kept if kept.exists() and not usual.exists() else usual


def running() -> dict[str, Any] | None:
    """Return the content of `stack.json`, or None while no stack runs."""
    file = stack_file()
    return dict(json.loads(file.read_text())) if file.exists() else None


def needed() -> dict[str, Any]:
    """Return the content of `stack.json`; raise CommandError `no-stack` when no stack runs."""
    stack = running()
    if stack is None:
        raise CommandError(
            "no-stack",
            f"no stack runs here: {stack_file()} does not exist; name an installation by BUURTSEIN_SERVICES and, for "
            "Kafka, BUURTSEIN_KAFKA_BOOTSTRAP, or start a stack of this machine with `buurtsein up`",
        )
    return stack

"""The stack of this machine, as its file `stack.json` describes it (see `deploy/README.md`).

Whoever starts a stack writes that file; these commands only read it, so that they need nothing of what starts it.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from buurtsein_chassis.command_errors import CommandError

FILE = "stack.json"


def home() -> Path:
    """The folder of a stack's state: `BUURTSEIN_HOME`, else `.local` beside the Python environment."""
    return Path(os.environ.get("BUURTSEIN_HOME") or Path(sys.prefix).parent / ".local").resolve()


def stack_file() -> Path:
    """The file of the stack in that folder, or of the one that `make demo KEEP=1` left while only that runs."""
    usual, kept = home() / FILE, home() / "demo" / "stack" / FILE
    return kept if kept.exists() and not usual.exists() else usual


def running() -> dict[str, Any] | None:
    """What the file says; None while no stack runs."""
    file = stack_file()
    return dict(json.loads(file.read_text())) if file.exists() else None


def needed() -> dict[str, Any]:
    """What the file says; CommandError `no-stack` while no stack runs."""
    stack = running()
    if stack is None:
        raise CommandError("no-stack", f"nothing runs here: {stack_file()} is not there (buurtsein up)")
    return stack

"""Starts commands of services that are expected to end at once, each in a process of its own that is made quickly.

A server process imports the services once, and each command is a fork of it, so that a start costs no imports.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

SECONDS = 60
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(
    [*(f"buurtsein_{name}.app" for name in ("registry", "reports", "funding", "notifier")), "harness.starting"]
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status, and what it wrote to standard output and standard error."""

    status: int
    out: str
    err: str


def ended(service: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path) -> Ended:
    """Run a command of a service with these environment variables only; return its exit status and output.

    Raises AssertionError when it goes on for longer than `SECONDS`.
    """
    process = _forks.Process(target=_run, args=(service, list(arguments), dict(env), str(folder)))
    process.start()
    process.join(SECONDS)
    goes_on = process.is_alive()
    process.kill()
    process.join()
    said = [(folder / name).read_text() for name in ("out", "err")]
    assert not goes_on, f"{service} {arguments} did not end: {said}"
    return Ended(process.exitcode or 0, *said)


def _run(service: str, arguments: list[str], env: dict[str, str], folder: str) -> None:
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = env.get("PYTHONPATH", "").split(":")
    sys.argv = [f"buurtsein-{service}"]
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    try:
        import_module(f"buurtsein_{service}.__main__").main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()

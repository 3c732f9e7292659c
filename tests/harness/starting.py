"""Runs our own commands in new processes that start quickly.

A server process imports our packages once, and each command is a fork of it, so that a command costs no imports. One
test of each program runs the real console script instead, which this does not replace.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

CONTRACTS = "buurtsein_contracts.cli:main"
PYTEST = "pytest:console_main"
ONLY_OUR_PLUGIN = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "buurtsein_contracts.testing.plugin"}
"""The variables with which pytest loads the plugin of the contracts and no other; some others take seconds."""
OPERATE = "buurtsein_operate.cli:main"
_SERVICES = ("registry", "reports", "funding", "notifier")
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(
    [
        "harness.starting",
        "buurtsein_contracts.cli",
        "buurtsein_operate.cli",
        *(f"buurtsein_{name}.app" for name in _SERVICES),
    ]
)


def ended(
    main: str,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    seconds: float = 60,
    anew: str = "-",
) -> subprocess.CompletedProcess[str]:
    """Run a command, wait until it ends, and return its exit status, standard output and standard error.

    Args:
        main: the module and the function of the command, as `buurtsein_contracts.cli:main`.
        arguments: the arguments of the command.
        env: all variables that the command gets; None for those of this process.
        folder: the working directory; None for that of this process.
        seconds: the time after which the command is killed and AssertionError is raised.
        anew: a package of which a copy in PYTHONPATH is imported instead of the installed one.
    """
    with tempfile.TemporaryDirectory() as written:
        variables = dict(os.environ if env is None else env)
        place = str(folder or Path.cwd())
        process = _forks.Process(target=_run, args=(main, list(arguments), variables, place, written, anew))
        process.start()
        process.join(seconds)
        goes_on = process.is_alive()
        process.kill()
        process.join()
        out, err = [Path(written, name).read_text() for name in ("out", "err")]
    assert not goes_on, f"{main} {arguments} did not end: {out}{err}"
    return subprocess.CompletedProcess([main, *arguments], process.exitcode or 0, out, err)


def _run(main: str, arguments: list[str], env: dict[str, str], folder: str, written: str, anew: str) -> None:
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(written, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = [place for place in env.get("PYTHONPATH", "").split(":") if place]
    sys.dont_write_bytecode = True  # a file that changes twice in a second would be read from old bytecode
    for name in [name for name in sys.modules if name.partition(".")[0] == anew]:
        del sys.modules[name]
    module, _, function = main.partition(":")
    sys.argv = [module, *arguments]
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    try:
        sys.exit(getattr(import_module(module), function)())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()

"""Runs our own commands in new processes that start quickly.

A server process imports our packages once, and each command is a fork of it, so that a command costs no imports. For
each program, one test still runs the real console script, because a fork does not test that script.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module, reload
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from buurtsein_chassis import crashpoints

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
        "harness.ledger_service",
        *(f"buurtsein_{name}.app" for name in _SERVICES),
    ]
)


@dataclass(frozen=True)
class Fork:
    """A started command, with the methods of `subprocess.Popen` that the tests use."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self.process.pid
        return self.process.pid

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while the command runs."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the command ends and return its exit status; raise TimeoutExpired after `timeout` seconds."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        """Send the process a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL to the process, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def started(main: str, *arguments: str, env: Mapping[str, str], log: Path) -> Fork:
    """Start a command, and return an object for the running command.

    The command gets the variables of `env` and no others. Its output is appended to `log`.
    """
    return _fork(main, list(arguments), dict(env), Path.cwd(), (log, log), "-")


def _fork(
    main: str, arguments: list[str], env: dict[str, str], folder: Path, written: tuple[Path, Path], anew: str
) -> Fork:
    process = _forks.Process(target=_run, args=(main, arguments, env, folder, written, anew))
    process.start()
    return Fork(process)


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
        env: all environment variables of the command; None stands for the variables of this process.
        folder: the working directory; None stands for the working directory of this process.
        seconds: the time after which the command is killed and AssertionError is raised.
        anew: a package of which a copy in PYTHONPATH is imported instead of the installed one.
    """
    with tempfile.TemporaryDirectory() as made:
        written = (Path(made, "out"), Path(made, "err"))
        variables = dict(os.environ if env is None else env)
        fork = _fork(main, list(arguments), variables, folder or Path.cwd(), written, anew)
        fork.process.join(seconds)
        goes_on = fork.poll() is None
        fork.kill()
        status = fork.wait()
        out, err = [path.read_text() for path in written]
    assert not goes_on, f"{main} {arguments} did not end: {out}{err}"
    return subprocess.CompletedProcess([main, *arguments], status, out, err)


def _run(
    main: str, arguments: list[str], env: dict[str, str], folder: Path, written: tuple[Path, Path], anew: str
) -> None:
    for number, path in enumerate(written, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    reload(crashpoints)  # it reads the environment when it is imported
    sys.path[:0] = [place for place in env.get("PYTHONPATH", "").split(":") if place]
    sys.dont_write_bytecode = True  # a file that changes twice in a second would be read from old bytecode
    for name in [name for name in sys.modules if name.partition(".")[0] == anew]:
        del sys.modules[name]
    module, _, function = main.partition(":")
    sys.argv = [module, *arguments]
    sys.stdout, sys.stderr = os.fdopen(1, "w", 1), os.fdopen(2, "w", 1)  # a line that is written survives a kill
    try:
        sys.exit(getattr(import_module(module), function)())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()

"""Starts processes that keep running after the command has ended, and finds these processes later.

Invariant: there is no supervisor and no pid file. A process has `BUURTSEIN_HOME` and `BUURTSEIN_PROCESS` in its
environment and is found by them, so that processes of a killed command are found too.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.home import Home

INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "PYTHONPATH")
"""The environment variables that a started process inherits; PYTHONPATH is for services installed elsewhere."""

_CERTIFICATES = httpx.create_ssl_context()
"""The TLS context is made once: httpx would read all certificates again for each request, which takes 25 ms of CPU."""

_children: list[subprocess.Popen[bytes]] = []
"""The processes that this command started; they are polled, so that none stays a zombie after its end."""


@contextmanager
def interrupted_by(handler: Callable[[int, Any], object] | signal.Handlers) -> Iterator[None]:
    """Call a handler on SIGINT and SIGTERM inside the `with` block; outside the main thread, do nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, own in before.items():
            signal.signal(number, own)


@contextmanager
def _signals_delayed() -> Iterator[None]:
    """Delay SIGINT and SIGTERM while a child process starts, until the child can be found by its environment."""
    received: list[int] = []
    with interrupted_by(lambda number, _: received.append(number)):
        yield
    if received:
        signal.raise_signal(received[0])


def alive(process: psutil.Process) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def find(home: Home) -> dict[str, psutil.Process]:
    """Return this stack's running processes by name; PostgreSQL is not found, since it overwrites its environment."""
    for child in _children:
        child.poll()
    found: dict[str, psutil.Process] = {}
    for process in psutil.process_iter():
        name = name_in(process, home)
        if name and (name not in found or process.create_time() < found[name].create_time()):
            found[name] = process
    return found


def name_in(process: psutil.Process, home: Home) -> str | None:
    """Return the name that a process has in this stack; None when the process does not belong to the stack."""
    try:
        environment = process.environ()
        if environment.get("BUURTSEIN_HOME") == str(home.path) and alive(process):
            return environment.get("BUURTSEIN_PROCESS")
    except (psutil.Error, OSError):
        return None
    return None


def spawn(
    home: Home,
    name: str,
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    user: int | None = None,
    cwd: Path | None = None,
) -> psutil.Process:
    """Start a detached process, which appends its output to `logs/<name>.log`.

    Args:
        home: the home of the stack that it belongs to.
        name: its name in that stack.
        argv: program and arguments, without a secret.
        env: more variables; otherwise it only inherits those of `INHERITED`.
        user: run as this user and group id (root only).
        cwd: its working directory.
    """
    kept = {key: os.environ[key] for key in INHERITED if key in os.environ}
    marks = {"BUURTSEIN_HOME": str(home.path), "BUURTSEIN_PROCESS": name}
    everything = kept | {"PYTHONUNBUFFERED": "1"} | dict(env) | marks
    groups = () if user is not None else None
    with _signals_delayed(), (home.logs / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(
            list(argv),
            env=everything,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd or home.path,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=groups,
        )
        _children.append(child)
    return psutil.Process(child.pid)


def last_words(home: Home, name: str) -> str:
    """Return the last non-empty line in a process's log."""
    path = home.logs / f"{name}.log"
    lines = path.read_text(errors="replace").split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def wait_until(home: Home, name: str, process: psutil.Process, ready: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a process is ready; raise CommandError when the process ends or takes too long.

    Raises:
        CommandError: `not-started` when it ends before that, `not-ready` when it takes too long.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        _reap(process)
        log = home.logs / f"{name}.log"
        if not alive(process):
            raise CommandError("not-started", f"{name} ended at its start: {last_words(home, name)} (see {log})")
        if time.monotonic() > deadline:
            raise CommandError("not-ready", f"{name} is not ready after {seconds:.0f} s (see {log})")
        time.sleep(0.05)


def wait_for(what: str, ready: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a program that this stack did not start is ready; the error message calls the program `what`.

    Raises:
        CommandError: `not-ready`, when it takes too long.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise CommandError("not-ready", f"{what} is not ready after {seconds:.0f} s")
        time.sleep(0.2)


def _reap(process: psutil.Process) -> None:
    for child in _children:
        if child.pid == process.pid:
            child.poll()


def healthy(port: int, path: str = "/health/ready") -> bool:
    """Return whether the process on this port answers its health request with success."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=2, trust_env=False, verify=_CERTIFICATES).is_success
    except httpx.HTTPError:
        return False


def stop(processes: Iterable[psutil.Process], how: signal.Signals = signal.SIGTERM, seconds: float = 15) -> None:
    """Send processes a signal, wait until they end, and kill those that still run after the timeout."""
    waiting = list(processes)
    for process in waiting:
        send(process, how)
        send(process, signal.SIGCONT)  # a process that SIGSTOP halted handles no other signal
    _, stubborn = psutil.wait_procs(waiting, timeout=seconds)
    for process in stubborn:
        send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)
    for child in _children:
        child.poll()


def send(process: psutil.Process, what: signal.Signals) -> None:
    """Send a signal to a process that may have ended already."""
    try:
        process.send_signal(what)
    except psutil.NoSuchProcess:
        return

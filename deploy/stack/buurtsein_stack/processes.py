"""Start processes that outlive the command, and find them again.

Invariant: there is no supervisor and no file with pids. A process carries `BUURTSEIN_HOME` and `BUURTSEIN_PROCESS` in
its environment and is found by them, so what a killed command left behind is found too.
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
"""The variables that a process gets from whoever starts it; PYTHONPATH, for services that are installed elsewhere."""

_children: list[subprocess.Popen[bytes]] = []
"""Kept so that a process which dies while its starter lives is reaped and is no zombie."""


@contextmanager
def interrupted_by(handler: Callable[[int, Any], object] | signal.Handlers) -> Iterator[None]:
    """Meanwhile Ctrl-C and the request to end go to a handler; signals reach the main thread only."""
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
def _heard_afterwards() -> Iterator[None]:
    """Between fork and exec a child does not carry its marks yet: interrupted there, nobody would find it again."""
    heard: list[int] = []
    with interrupted_by(lambda number, _: heard.append(number)):
        yield
    if heard:
        signal.raise_signal(heard[0])


def alive(process: psutil.Process) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def find(home: Home) -> dict[str, psutil.Process]:
    """The running processes of this stack by name, except PostgreSQL, which overwrites its environment."""
    for child in _children:
        child.poll()
    found: dict[str, psutil.Process] = {}
    for process in psutil.process_iter():
        name = name_in(process, home)
        if name and (name not in found or process.create_time() < found[name].create_time()):
            found[name] = process
    return found


def name_in(process: psutil.Process, home: Home) -> str | None:
    """The name that a process has in this stack, if it belongs to it."""
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
    """Start one detached process; its output is appended to `logs/<name>.log`.

    Args:
        home: the stack it belongs to.
        name: its name there.
        argv: program and arguments, without a secret.
        env: added to the variables of `INHERITED`; nothing else is inherited.
        user: run as this user and group id (root only).
        cwd: its working directory.
    """
    kept = {key: os.environ[key] for key in INHERITED if key in os.environ}
    marks = {"BUURTSEIN_HOME": str(home.path), "BUURTSEIN_PROCESS": name}
    everything = kept | {"PYTHONUNBUFFERED": "1"} | dict(env) | marks
    groups = () if user is not None else None
    with _heard_afterwards(), (home.logs / f"{name}.log").open("ab") as log:
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
    """The last line of a process's log."""
    path = home.logs / f"{name}.log"
    lines = path.read_text(errors="replace").split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def wait_until(home: Home, name: str, process: psutil.Process, ready: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a process is ready.

    Raises:
        CommandError: `not-started` when it ends before, `not-ready` when it takes too long.
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
    """Wait until something that is no process of ours is ready.

    Raises:
        CommandError: `not-ready`.
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
    """Whether the process behind this port answers 200."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def stop(processes: Iterable[psutil.Process], how: signal.Signals = signal.SIGTERM, seconds: float = 15) -> None:
    """Ask processes to end, wait, and end by force what does not."""
    waiting = list(processes)
    for process in waiting:
        send(process, how)
        send(process, signal.SIGCONT)  # a stopped process hears nothing else
    _, stubborn = psutil.wait_procs(waiting, timeout=seconds)
    for process in stubborn:
        send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)
    for child in _children:
        child.poll()


def send(process: psutil.Process, what: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    try:
        process.send_signal(what)
    except psutil.NoSuchProcess:
        return

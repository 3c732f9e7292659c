"""The whole one-machine stack: servers, issuer, BE-Alert simulator and the four services.

Invariant: `up` starts only what is missing and, when it fails or is interrupted, ends only what it started; the
manifest exists only while everything was ready at its writing.
"""

import json
import signal
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psutil

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_chassis.manifest import service_names
from buurtsein_stack import programs
from buurtsein_stack.home import Home, write_private
from buurtsein_stack.installation import Installation
from buurtsein_stack.issuer import tokens
from buurtsein_stack.processes import find, healthy, interrupted_by, send, spawn, stop, wait_until
from buurtsein_stack.servers import Servers, principals, provision

SERVERS = ("postgres", "kafka")


@dataclass(frozen=True, slots=True)
class State:
    """One process as `status` shows it; `memory` in bytes, `health` is `ready`, `not-ready` or `down`."""

    name: str
    port: int
    pid: int | None
    memory: int
    health: str


def memory_of(process: psutil.Process) -> int:
    """Resident bytes of a process and its children, shared pages counted once."""
    try:
        return sum(_resident(one) for one in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def _resident(process: psutil.Process) -> int:
    """Its proportional share where the system tells it; 0 for a child that has just ended."""
    try:
        return getattr(process.memory_full_info(), "pss", 0) or int(process.memory_info().rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def uninterrupted() -> AbstractContextManager[None]:
    """While cleaning up, a second Ctrl-C is not heard."""
    return interrupted_by(signal.SIG_IGN)


class Stack:
    """Everything on this machine, in one home."""

    def __init__(self, home: Path, *, split: Collection[str] = (), env: Mapping[str, str] | None = None) -> None:
        """Nothing is started yet.

        Args:
            home: the folder of all state; made when needed.
            split: services to run as three processes (api, relay, worker) instead of one.
            env: settings for the services, over those that the stack gives.
        """
        self.servers = Servers(home)
        self.home: Home = self.servers.home
        self.split = frozenset(split)
        self.env = dict(env or {})

    @property
    def names(self) -> tuple[str, ...]:
        """Every process that should run."""
        return (*SERVERS, *programs.names(self.split))

    def processes(self) -> dict[str, psutil.Process]:
        """What runs now, by name; also what is not in `names`."""
        found = find(self.home)
        postgres = self.servers.postgres.process()
        return ({"postgres": postgres} if postgres else {}) | found

    def up(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Start what is missing, wait until all is ready, write the manifest.

        Args:
            progress: told what is being done.

        Raises:
            CommandError: what stood in the way; what was started is ended again.
        """
        with machine_errors(), self.home.lock():
            before = set(self.processes())
            try:
                self._up(progress)
            except BaseException:
                with uninterrupted():
                    self._end({name: p for name, p in self.processes().items() if name not in before})
                raise

    def down(self) -> None:
        """Stop everything, also what a killed `up` left; the data stay."""
        with machine_errors(), self.home.lock(), uninterrupted():
            self.home.manifest.unlink(missing_ok=True)
            self._end(self.processes())

    def reset(self) -> None:
        """Stop everything and throw the data away."""
        self.down()
        self.servers.postgres.wipe()
        self.home.wipe()

    def kill(self, name: str, what: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one process and, when it is deadly, wait for the end.

        Raises:
            CommandError: `not-running`.
        """
        process = self.processes().get(name)
        if process is None:
            raise CommandError("not-running", f"{name} does not run")
        send(process, what)
        if what in {signal.SIGKILL, signal.SIGTERM, signal.SIGINT}:
            stop([process], what)

    def start(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start one process if it does not run, and wait until it is ready; the manifest follows.

        Args:
            name: one of `names`, or a part of a service such as `reports-relay`.
            env: settings for this start alone.

        Raises:
            CommandError: what stood in the way.
        """
        if name in SERVERS:
            {"postgres": self.servers.postgres.start, "kafka": self.servers.kafka.start}[name]()
        else:
            self._wait(name, self._launch(name, env))
        if self.home.manifest.exists():
            self._write_manifest()

    def status(self) -> list[State]:
        """Each process that should run or does."""
        running = self.processes()
        extra = [name for name in running if name not in self.names]
        return [self._state(name, running.get(name)) for name in (*self.names, *extra)]

    def _up(self, progress: Callable[[str], None]) -> None:
        self.home.make()
        progress("PostgreSQL en Apache Kafka")
        self.servers.launch()
        helpers = {name: self._launch(name) for name in programs.HELPERS}
        self.servers.postgres.start()
        self.servers.kafka.start()
        provision(self.home, self.servers.postgres, self.servers.kafka)
        progress("databanken")
        programs.migrate_all(self.home)
        programs.write_secrets(self.home)
        progress("diensten")
        started = {name: self._launch(name) for name in programs.names(self.split) if name not in helpers}
        for name, process in (helpers | started).items():
            self._wait(name, process)
        self._write_manifest()

    def _launch(self, name: str, env: Mapping[str, str] | None = None) -> psutil.Process:
        running = self.processes().get(name)
        if running:
            return running
        program = programs.program(self.home, name, self.split)
        return spawn(self.home, name, program.argv, program.env | self.env | dict(env or {}))

    def _wait(self, name: str, process: psutil.Process) -> None:
        port = self.home.port(name)
        wait_until(self.home, name, process, lambda: healthy(port))

    def _end(self, processes: dict[str, psutil.Process]) -> None:
        """The servers last, PostgreSQL with its own signal for a clean end."""
        rest = [process for name, process in processes.items() if name not in SERVERS]
        stop(rest)
        if "kafka" in processes:
            stop([processes["kafka"]])
        if "postgres" in processes:
            stop([processes["postgres"]], signal.SIGINT)

    def _state(self, name: str, process: psutil.Process | None) -> State:
        port = self.home.known_port(name)
        if process is None:
            return State(name, port, None, 0, "down")
        health = "ready" if self._is_ready(name, port) else "not-ready"
        return State(name, port, process.pid, memory_of(process), health)

    def _is_ready(self, name: str, port: int) -> bool:
        if name == "postgres":
            return self.servers.postgres.ready()
        return self.servers.kafka.cluster().answers() if name == "kafka" else healthy(port)

    def _write_manifest(self) -> None:
        write_private(self.home.manifest, json.dumps(self._manifest(), indent=2) + "\n")

    def _service(self, name: str, pid: int) -> dict[str, object]:
        """Where it is, and its settings; of its secrets only the folder of their files."""
        told = programs.environment(self.home, name, self.home.port(name)) | self.env
        own = {key: value for key, value in told.items() if key.startswith((f"{name.upper()}_", "BUURTSEIN_"))}
        return {"url": programs.url(self.home, name), "pid": pid, "environment": own}

    def _manifest(self) -> dict[str, object]:
        running, postgres = self.processes(), self.servers.postgres
        issuer = programs.url(self.home, "issuer")
        installation = Installation.load()
        return {
            "installation": {"name": installation.name, "folder": str(installation.folder)},
            "services": {name: self._service(name, running[name].pid) for name in service_names()},
            "kafka": {
                "bootstrap": self.servers.bootstrap,
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-512",
                "pid": running["kafka"].pid,
                "principals": {
                    name: {"username": who.username, "password": who.password}
                    for name, who in principals(self.home).items()
                },
            },
            "postgres": {
                "pid": running["postgres"].pid,
                "databases": {name: postgres.dsn(database=name) for name in service_names()},
            },
            "issuer": {"url": issuer},
            "tokens": tokens(self.home, issuer),
            "bealert": {"url": programs.url(self.home, "bealert")},
        }

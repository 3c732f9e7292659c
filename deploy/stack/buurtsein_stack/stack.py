"""Runs the whole one-machine stack: servers, token issuer, BE-Alert simulator and the services.

Invariant: `up` starts only processes that do not run and, when it fails or is interrupted, stops only those that it
started. The file `stack.json` is only written when every process is ready.
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
from buurtsein_stack.kafka import Kafka, end
from buurtsein_stack.processes import find, healthy, interrupted_by, send, spawn, stop, wait_until
from buurtsein_stack.servers import Servers
from buurtsein_stack.shape import Shape


@dataclass(frozen=True, slots=True)
class State:
    """The state of one process in `buurtsein status`: memory in bytes; health `ready`, `not-ready` or `down`."""

    name: str
    port: int
    pid: int | None
    memory: int
    health: str


def memory_of(process: psutil.Process) -> int:
    """Return the memory of a process and its children in bytes; shared pages are counted once."""
    try:
        return sum(_resident(one) for one in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def _resident(process: psutil.Process) -> int:
    """Return a process's proportional set size (PSS), or its RSS on a system without PSS; 0 for an ended process."""
    try:
        return getattr(process.memory_full_info(), "pss", 0) or int(process.memory_info().rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def uninterrupted() -> AbstractContextManager[None]:
    """Ignore Ctrl-C during the `with` block, so that a second Ctrl-C does not interrupt the stop of processes."""
    return interrupted_by(signal.SIG_IGN)


class Stack:
    """The processes of a one-machine stack, with all data in one home folder."""

    def __init__(
        self,
        home: Path,
        *,
        split: Collection[str] = (),
        env: Mapping[str, str] | None = None,
        shape: Shape | None = None,
        only: Collection[str] = (),
    ) -> None:
        """Take the settings of the stack, without starting anything.

        Args:
            home: the folder with all data; it is made when needed.
            split: services to run as three processes (api, relay, worker) instead of one.
            env: settings of the services, which override those of the stack.
            shape: how many servers a new home gets; by default one broker and no standby.
            only: the roles to run (api, relay, worker), each as a process of its own; by default all of them.
        """
        self.servers = Servers(home, shape)
        self.home: Home = self.servers.home
        self.parts = frozenset(only or programs.PARTS)
        self.split = frozenset(service_names() if only else split)
        self.env = dict(env or {})

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all processes that should run."""
        return (*self.servers.by_name(), *programs.names(self.split, self.parts))

    def processes(self) -> dict[str, psutil.Process]:
        """Return the running processes by name, including processes that are not in `names`."""
        found = find(self.home)
        databases = {one.name: process for one in self.servers.databases if (process := one.process())}
        return databases | found

    def up(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Start the processes that do not run, wait until all are ready, and write `stack.json`.

        Args:
            progress: called with a line of text for each step.

        Raises:
            CommandError: a step failed; the processes that were started are stopped again.
        """
        with machine_errors(), self.home.lock():
            before = set(self.processes())
            self.split |= self._apart()
            try:
                self._up(progress)
            except BaseException:
                with uninterrupted():
                    self._end({name: p for name, p in self.processes().items() if name not in before})
                raise

    def down(self) -> None:
        """Stop all processes, including those of a killed `up`; the data stay."""
        with machine_errors(), self.home.lock(), uninterrupted():
            self.home.manifest.unlink(missing_ok=True)
            self._end(self.processes())

    def reset(self) -> None:
        """Stop all processes and delete the data."""
        self.down()
        self.servers.destroy()

    def kill(self, name: str, what: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one process; when the signal ends the process, wait for its end.

        Raises:
            CommandError: `not-running`, when the process does not run.
        """
        process = self.processes().get(name)
        if process is None:
            raise CommandError("not-running", f"{name} does not run")
        send(process, what)
        if what in {signal.SIGKILL, signal.SIGTERM, signal.SIGINT}:
            stop([process], what)

    def start(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start one process if it does not run, wait until the process is ready, and update `stack.json`.

        Args:
            name: one of `names`, or a part of a service such as `reports-relay`.
            env: settings for this start only.

        Raises:
            CommandError: the process is unknown, did not start or is not ready in time.
        """
        if name in self.servers.by_name():
            self.servers.start_one(name)
        else:
            self._wait(name, self._launch(name, env))
        if self.home.manifest.exists():
            self._write_manifest()

    def promote(self) -> None:
        """Make PostgreSQL's standby the primary, after the primary was lost; `up` then makes a new standby.

        Raises:
            CommandError: `no-standby`, `primary-runs`, or an error of the standby.
        """
        if self.servers.replication is None:
            raise CommandError("no-standby", f"the stack in {self.home.path} has no standby (BUURTSEIN_STANDBY)")
        with machine_errors(), self.home.lock():
            self.servers.replication.promote()

    def status(self) -> list[State]:
        """Return the state of each process that should run or does run."""
        running = self.processes()
        extra = [name for name in running if name not in self.names]
        return [self._state(name, running.get(name)) for name in (*self.names, *extra)]

    def _up(self, progress: Callable[[str], None]) -> None:
        self.servers.make_home()
        progress("PostgreSQL en Apache Kafka")
        self.servers.launch()
        helpers = {name: self._launch(name) for name in programs.HELPERS}
        self.servers.finish()
        progress("databanken")
        programs.write_secrets(self.home)
        self._migrate()
        progress("diensten")
        started = {name: self._launch(name) for name in programs.names(self.split, self.parts) if name not in helpers}
        for name, process in (helpers | started).items():
            self._wait(name, process)
        self._write_manifest()

    def _migrate(self) -> None:
        programs.migrate_all(self.home)

    def _apart(self) -> frozenset[str]:
        """Return the services that already run as single-role processes, so that other roles start as processes too."""
        running = self.processes().items()
        return frozenset(name.partition("-")[0] for name, process in running if "--only" in process.cmdline())

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
        """Stop the processes, servers last; PostgreSQL gets a separate signal for a clean shutdown."""
        servers = self.servers.by_name()
        stop([process for name, process in processes.items() if name not in servers])
        end([process for name, process in processes.items() if isinstance(servers.get(name), Kafka)])
        for name in (one.name for one in self.servers.databases):
            if name in processes:
                stop([processes[name]], signal.SIGINT)

    def _state(self, name: str, process: psutil.Process | None) -> State:
        port = self.home.known_port(name)
        if process is None:
            return State(name, port, None, 0, "down")
        health = "ready" if self._is_ready(name, port) else "not-ready"
        return State(name, port, process.pid, memory_of(process), health)

    def _is_ready(self, name: str, port: int) -> bool:
        server = self.servers.by_name().get(name)
        if server is None:
            return healthy(port)
        return server.answers() if isinstance(server, Kafka) else server.ready()

    def _write_manifest(self) -> None:
        write_private(self.home.manifest, json.dumps(self._manifest(), indent=2) + "\n")

    def _answering(self, service: str) -> str:
        """Return the name of the process that listens on a service's port: the service or its load balancer."""
        return service

    def _service(self, name: str, pid: int) -> dict[str, object]:
        """Return a service's entry in `stack.json`: URL, process id, and settings without secrets."""
        settings = programs.environment(self.home, name, self.home.port(name)) | self.env
        own = {key: value for key, value in settings.items() if key.startswith((f"{name.upper()}_", "BUURTSEIN_"))}
        return {"url": programs.url(self.home, name), "pid": pid, "environment": own}

    def _manifest(self) -> dict[str, object]:
        running, postgres = self.processes(), self.servers.postgres
        issuer = programs.url(self.home, "issuer")
        installation = Installation.load()
        return {
            "installation": {"name": installation.name, "folder": str(installation.folder)},
            "services": {name: self._service(name, running[self._answering(name)].pid) for name in service_names()},
            "kafka": {
                "bootstrap": self.servers.bootstrap,
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-512",
                "pid": next(running[one.name].pid for one in self.servers.brokers if one.name in running),
                "principals": {
                    name: {"username": who.username, "password": who.password}
                    for name, who in self.servers.principals.items()
                },
            },
            "postgres": {
                "pid": running[postgres.name].pid,
                "databases": {name: postgres.dsn(database=name) for name in service_names()},
            },
            "issuer": {"url": issuer},
            "tokens": tokens(self.home, issuer),
            "bealert": {"url": programs.url(self.home, "bealert")},
        }

"""Runs two processes of each service behind HAProxy, on the servers of a one-machine stack.

Each process runs the release with which it was last started. Invariant: clients reach a service only at HAProxy's port.
The stack's home stores that port under the service's name, so that `stack.json` and every operator's command use it.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from datetime import timedelta
from graphlib import TopologicalSorter
from pathlib import Path

import psutil

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, readers_of, service_names
from buurtsein_contracts.topics import ALERTS, CONFIRMATIONS
from buurtsein_stack import programs
from buurtsein_stack.balancer import Balancer, Entrance
from buurtsein_stack.demo.networks import today
from buurtsein_stack.processes import send, spawn, wait_for
from buurtsein_stack.stack import Stack
from rehearsals.upgrade.installed import Installed

NUMBERS = (1, 2)
BALANCER = "haproxy"
GRACEFUL_SECONDS = 15
SETTINGS = {
    "REPORTS_RATE_LIMIT_ANONYMOUS_PER_MINUTE": "1000000",  # all clients of the rehearsal have one address
    "NOTIFIER_HOT_UNMANDATED_UNTIL": (today() + timedelta(days=1)).isoformat(),  # 0.1.0 knows no mandates
}
"""The settings that an operator gives the services for the upgrade, beside those of every installation."""
ANSWERS = {("reports", ALERTS), *(("registry", topic) for topic in CONFIRMATIONS)}
"""Which services read which topics as an answer to their own events: feedback to reporters, confirmed erasures. A new
type of event on these topics is recorded one release after the release that reads it."""


def consumers_first() -> tuple[str, ...]:
    """Return the services in upgrade order: the readers of a topic before the service that writes the topic.

    A topic on which a service reads answers to its own events does not count, because it would make a circle.
    """
    return tuple(TopologicalSorter({name: set(_readers(name)) for name in service_names()}).static_order())


def _readers(name: str) -> Iterator[str]:
    """Yield the other services that read the events of a service, and do not read them as an answer."""
    for topic in manifest_of(name).owns:
        yield from (one for one in readers_of(topic) if one != name and (one, topic) not in ANSWERS)


class Fleet(Stack):
    """The servers, two processes of each service, and HAProxy."""

    def __init__(self, home: Path, drain_seconds: float) -> None:
        """Take the folder for all data, and for how many seconds a process still answers requests after SIGTERM."""
        drain = {f"{name.upper()}_DRAIN_SECONDS": str(drain_seconds) for name in service_names()}
        super().__init__(home, env=SETTINGS | drain)
        self._patience = drain_seconds + 2 * GRACEFUL_SECONDS + 5
        self._releases: dict[str, Installed] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all processes."""
        services = (process for name in service_names() for process in self.processes_of(name))
        return (*self.servers.by_name(), *programs.HELPERS, BALANCER, *services)

    @staticmethod
    def processes_of(service: str) -> tuple[str, ...]:
        """Return the names of the two processes of a service."""
        return tuple(f"{service}-{number}" for number in NUMBERS)

    def begin(self, release: Installed) -> None:
        """Start the servers, migrate the databases, and start HAProxy and two processes of each service."""
        self.servers.start()
        for helper in programs.HELPERS:
            self.start(helper)
        programs.write_secrets(self.home)
        self.migrate(release)
        processes = [process for service in service_names() for process in self.processes_of(service)]
        self._releases = dict.fromkeys(processes, release)
        started = {process: self._launch(process) for process in processes}
        for name, process in started.items():
            self._wait(name, process)
        self._launch(BALANCER)
        wait_for("HAProxy with all processes", self._all_ready)
        self._write_manifest()

    def migrate(self, release: Installed) -> None:
        """Apply a release's missing migrations to the databases of all services, as an operator does.

        Raises:
            CommandError: `migrate`, with the last line that the command said.
        """
        for service in service_names():
            argv = [str(release.python), "-m", manifest_of(service).package, "migrate"]
            env = programs.environment(self.home, service, self.home.port(service))
            done = subprocess.run(
                argv,
                env=_bare() | env | release.settings_of(service),
                cwd=self.home.path,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                words = (done.stdout + done.stderr).strip().splitlines() or ["it said nothing"]
                raise CommandError("migrate", f"{service} of {release.name} could not migrate: {words[-1]}")

    def replace(self, process: str, release: Installed) -> None:
        """Stop a process with SIGTERM, start it in another release, and wait until HAProxy sends it requests.

        Raises:
            CommandError: `not-running`, or `not-stopped` after the time that operators are told to wait.
        """
        running = self.processes().get(process)
        if running is None:
            raise CommandError("not-running", f"{process} has ended by itself")
        send(running, signal.SIGTERM)
        if psutil.wait_procs([running], timeout=self._patience)[1]:
            raise CommandError("not-stopped", f"{process} did not end within {self._patience:g} s after SIGTERM")
        self._releases[process] = release
        self.start(process)
        wait_for(f"{process} behind HAProxy", lambda: process in self._balancer.ready())

    @property
    def _balancer(self) -> Balancer:
        """Return a load balancer (HAProxy) on the ports that are stored in the data folder."""
        return Balancer({name: self._entrance(name) for name in service_names()}, self.home.port("haproxy-figures"))

    def _entrance(self, service: str) -> Entrance:
        ports = {process: self.home.port(process) for process in self.processes_of(service)}
        return Entrance(self.home.port(service), ports)

    def _all_ready(self) -> bool:
        return self._balancer.ready().issuperset(self._releases)

    def _launch(self, name: str, env: Mapping[str, str] | None = None) -> psutil.Process:
        """Start HAProxy, or a service process in the release chosen for it; the base class starts the servers."""
        if name == BALANCER:
            return spawn(self.home, name, self._balancer.argv(self.home.path / "haproxy.cfg"), {})
        if name not in self._releases:
            return super()._launch(name, env)
        service = name.rpartition("-")[0]
        release = self._releases[name]
        argv = [str(release.python), "-m", manifest_of(service).package, "run"]
        settings = programs.environment(self.home, service, self.home.port(name))
        return spawn(self.home, name, argv, settings | self.env | release.settings_of(service) | dict(env or {}))

    def _answering(self, _service: str) -> str:
        return BALANCER


def _bare() -> dict[str, str]:
    """Return environment variables for a command that must not import packages from this checkout."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}

"""Starts PostgreSQL and Kafka for tests: as processes, or in containers with `BUURTSEIN_SERVERS=containers`."""

import asyncio
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.servers import RunningServers, Servers

if TYPE_CHECKING:
    from buurtsein_stack.containers import Containers


class ServersOnDemand(RunningServers):
    """A running PostgreSQL, and a Kafka that starts when somebody first uses it."""

    def __init__(self, home: Path) -> None:
        """Start PostgreSQL with its data in the folder `home`; raise CommandError when it does not start."""
        self._servers = Servers(home)
        super().__init__(self._servers.postgres, self._servers.kafka)
        self._servers.make_home()
        try:
            self.postgres.launch()
            self.postgres.start()
            self.postgres.provision(service_names())
        except BaseException:
            self.destroy()
            raise

    @cached_property
    def kafka(self) -> Kafka:
        """Start Kafka, make users and topics, and return it.

        Raises:
            CommandError: `kafka-late` when an event loop runs, which would stand still for seconds; another code when
                Kafka does not start.
        """
        if _in_event_loop():
            raise CommandError("kafka-late", "this test uses Kafka, and harness.lanes does not say so of its file")
        return self.started().kafka

    def started(self) -> Servers:
        """Start the servers that do not run, and return both, for a test that stops them or changes their settings.

        Raises:
            CommandError: a server did not start.
        """
        return self._servers.start()

    def destroy(self) -> None:
        """Stop the servers and delete the files that they made in the home folder."""
        self._servers.destroy()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def servers_for_tests(home: Path) -> "ServersOnDemand | Containers":
    """Return running servers: processes by default, containers with `BUURTSEIN_SERVERS=containers`.

    Raises:
        CommandError: a server did not start; `no-engine` when containers are asked for and no engine answers.
    """
    kind = os.environ.get("BUURTSEIN_SERVERS", "embedded")
    if kind == "embedded":
        return ServersOnDemand(home)
    if kind == "containers":
        from buurtsein_stack.containers import Containers  # noqa: PLC0415 - testcontainers is a development tool

        return Containers(home).start()
    raise CommandError("servers", f"BUURTSEIN_SERVERS is embedded or containers, not {kind!r}")

"""Starts PostgreSQL and Kafka for tests: as processes, or in containers with `BUURTSEIN_SERVERS=containers`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.servers import Servers

if TYPE_CHECKING:
    from buurtsein_stack.containers import Containers


def servers_for_tests(home: Path) -> "Servers | Containers":
    """Return running servers: processes by default, containers with `BUURTSEIN_SERVERS=containers`.

    Raises:
        CommandError: a server did not start; `no-engine` when containers are asked for and no engine answers.
    """
    kind = os.environ.get("BUURTSEIN_SERVERS", "embedded")
    if kind == "embedded":
        return Servers(home).start()
    if kind == "containers":
        from buurtsein_stack.containers import Containers  # noqa: PLC0415 - testcontainers is a development tool

        return Containers(home).start()
    raise CommandError("servers", f"BUURTSEIN_SERVERS is embedded or containers, not {kind!r}")

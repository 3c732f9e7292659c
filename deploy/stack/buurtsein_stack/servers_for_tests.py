"""The servers of a test: embedded ones, or containers where somebody asks for them."""

import os
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.servers import RunningServers, Servers


def servers_for_tests(home: Path) -> RunningServers:
    """Started servers: embedded, or in containers when `BUURTSEIN_SERVERS=containers`.

    Raises:
        CommandError: what stood in the way; `no-engine` when containers are asked for and no engine answers.
    """
    kind = os.environ.get("BUURTSEIN_SERVERS", "embedded")
    if kind == "embedded":
        return Servers(home).start()
    if kind == "containers":
        from buurtsein_stack.containers import Containers  # noqa: PLC0415 - testcontainers is a development tool

        return Containers(home).start()
    raise CommandError("servers", f"BUURTSEIN_SERVERS is embedded or containers, not {kind!r}")

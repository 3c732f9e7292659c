"""Runs HAProxy in front of several processes of each service; HAProxy checks readiness and retries no request.

Invariant: when HAProxy sends a request to a process that no longer listens, the client gets 503 without a second try.
"""

import csv
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from buurtsein_chassis.command_errors import CommandError

CHECK_SECONDS = 2
"""How often HAProxy asks each process whether it is ready; one refusal takes it out, one success puts it in."""

_BASE = f"""
global
  maxconn 1000
defaults
  mode http
  retries 0
  retry-on none
  no option redispatch
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 5s
  default-server inter {CHECK_SECONDS}s fall 1 rise 1
"""


def program() -> str | None:
    """Return the path of HAProxy; None when this machine has none."""
    return shutil.which("haproxy", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")


def needed() -> str:
    """Return the path of HAProxy; raise CommandError `no-haproxy` when this machine has none."""
    found = program()
    if found is None:
        raise CommandError("no-haproxy", "no HAProxy here: install the package haproxy")
    return found


@dataclass(frozen=True, slots=True)
class Entrance:
    """The port of a service for its clients, and the ports of the service's processes by name."""

    port: int
    processes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Balancer:
    """One HAProxy process, with one port for the clients of each service, and one for its own statistics."""

    entrances: Mapping[str, Entrance]
    figures_port: int

    def argv(self, file: Path) -> Sequence[str]:
        """Write HAProxy's configuration to a file, and return the command line that runs HAProxy with it.

        Raises:
            CommandError: `no-haproxy`, when this machine has none.
        """
        command = (needed(), "-f", str(file))
        file.write_text(self.configuration())
        return command

    def configuration(self) -> str:
        """Return the text of HAProxy's configuration."""
        figures = ["frontend figures", f"  bind 127.0.0.1:{self.figures_port}", "  stats enable", "  stats uri /"]
        services = (line for name, entrance in self.entrances.items() for line in _service(name, entrance))
        return "\n".join([_BASE, *figures, *services, ""])

    def ready(self) -> frozenset[str]:
        """Return the names of the processes to which HAProxy sends requests now; empty while HAProxy is down."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.figures_port}/;csv", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return frozenset()
        rows = csv.DictReader(answer.text.removeprefix("# ").splitlines())
        return frozenset(row["svname"] for row in rows if row["status"] == "UP")


def _service(name: str, entrance: Entrance) -> Sequence[str]:
    return [
        f"frontend {name}-entrance",
        f"  bind 127.0.0.1:{entrance.port}",
        f"  default_backend {name}",
        f"backend {name}",
        "  balance roundrobin",
        "  option httpchk GET /health/ready",
        "  http-check expect status 200",
        *(f"  server {process} 127.0.0.1:{port} check" for process, port in entrance.processes.items()),
    ]

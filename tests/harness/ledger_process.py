"""Starts one process of the ledger service, and asks for its health."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harness.starting import Fork, started
from harness.waiting import wait_for

PROGRAM = Path(__file__).with_name("ledger_service.py")
_CERTIFICATES = httpx.create_ssl_context()
"""The TLS context is made once, because reading the certificates for each request uses a lot of CPU."""


def begin(
    roles: Sequence[str], variables: Mapping[str, str], log: Path, *, fork: bool
) -> subprocess.Popen[bytes] | Fork:
    """Start a process with these roles and environment variables, whose output is appended to `log`.

    A fork starts faster, but it uses the installed chassis even when PYTHONPATH names a changed copy.
    """
    arguments = ["run", *(part for role in roles for part in ("--only", role))]
    if fork:
        return started("harness.ledger_service:main", *arguments, env=variables, log=log)
    with log.open("ab") as out:
        return subprocess.Popen([sys.executable, str(PROGRAM), *arguments], env=variables, stdout=out, stderr=out)


@dataclass
class Running:
    """One process of the ledger (test service)."""

    process: subprocess.Popen[bytes] | Fork
    port: int
    roles: frozenset[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "Running":
        """Wait until the process answers /health/ready with 200."""
        wait_for(f"ledger service ready (exit code {self.process.poll()})", self.is_ready, 30)
        return self

    def is_live(self) -> bool:
        """Return whether the process answers /health/live with 200."""
        return httpx.get(f"{self.url}/health/live", timeout=5, verify=_CERTIFICATES).is_success

    def is_ready(self) -> bool:
        """Return whether the process answers /health/ready with 200 now."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2, verify=_CERTIFICATES).is_success
        except httpx.HTTPError:
            return False

    def health(self) -> dict[str, Any]:
        """Return the body of /health/ready."""
        return dict(httpx.get(f"{self.url}/health/ready", timeout=5, verify=_CERTIFICATES).json())

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        self.process.kill()
        self.process.wait(10)

    def exit_code(self, seconds: float = 30) -> int:
        """Wait until the process ends by itself; return its exit status."""
        return self.process.wait(seconds)

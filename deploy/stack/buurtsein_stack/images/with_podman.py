"""Runs a command with podman instead of docker: `python -m buurtsein_stack.images.with_podman COMMAND...`.

The command finds podman's socket in DOCKER_HOST, and the integration tests find servers in containers
(`BUURTSEIN_SERVERS=containers`). BUURTSEIN_POSTGRES_IMAGE and BUURTSEIN_KAFKA_IMAGE name the servers' images; without
them, replacement images are made here.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_stack.images.engine import environment
from buurtsein_stack.images.machine import need
from buurtsein_stack.images.stand_ins import stand_ins
from buurtsein_stack.processes import wait_for


@contextmanager
def podman_socket() -> Iterator[dict[str, str]]:
    """Serve podman's docker-compatible API during the `with` block; yield the environment variables for its clients.

    Raises:
        CommandError: `not-installed`, or `not-ready` when podman's service does not begin to answer.
    """
    need("podman")
    with tempfile.TemporaryDirectory(prefix="buurtsein-") as folder:
        socket = Path(folder) / "podman.sock"
        command = ["podman", "system", "service", "--time", "0", f"unix://{socket}"]
        service = subprocess.Popen(command, env=os.environ | environment(), stderr=subprocess.DEVNULL)
        try:
            wait_for("podman's service", socket.exists, 30)
            yield {"DOCKER_HOST": f"unix://{socket}", "TESTCONTAINERS_RYUK_DISABLED": "true"}
        finally:
            service.terminate()
            service.wait(20)


def server_images() -> dict[str, str]:
    """Return environment variables with the images of PostgreSQL and Kafka; make replacements unless both are set."""
    names = ("BUURTSEIN_POSTGRES_IMAGE", "BUURTSEIN_KAFKA_IMAGE")
    if all(name in os.environ for name in names):
        return {name: os.environ[name] for name in names}
    made = stand_ins()
    return dict(zip(names, (made["postgres"], made["kafka"]), strict=True))


def main(command: list[str]) -> int:
    """Run the command and return its exit status; print one sentence and return 2 when podman does not work here."""
    try:
        with machine_errors(), podman_socket() as found:
            told = os.environ | found | server_images() | {"BUURTSEIN_SERVERS": "containers"}
            return subprocess.run(command, env=told, check=False).returncode
    except CommandError as error:
        sys.stderr.write(f"with_podman: {error.sentence}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

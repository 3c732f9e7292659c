"""Runs PostgreSQL and Kafka in containers, for tests with `BUURTSEIN_SERVERS=containers` and a container engine.

Invariant: they have the same users, rights and topics as the servers on this machine.
`BUURTSEIN_POSTGRES_IMAGE` and `BUURTSEIN_KAFKA_IMAGE` name the images.
"""

import os
from pathlib import Path
from typing import Self, cast

from testcontainers.core.container import DockerContainer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.home import Home, write_private
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.postgres import SETTINGS, Postgres
from buurtsein_stack.processes import wait_for
from buurtsein_stack.servers import RunningServers

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "apache/kafka:4.4.0"
KAFKA_START = """\
set -e
cd /opt/kafka
bin/kafka-storage.sh format --ignore-formatted --cluster-id "$(bin/kafka-storage.sh random-uuid)" \
    --config /brief/server.properties --add-scram "SCRAM-SHA-512=[name=admin,password=$(cat /brief/admin)]"
exec bin/kafka-server-start.sh /brief/server.properties
"""


def on_loopback(container: DockerContainer, inside: int, outside: int) -> DockerContainer:
    """Publish a container's port on 127.0.0.1 only.

    docker takes an (address, port) pair; the methods of testcontainers only take a port, on every address.
    """
    container.ports[f"{inside}/tcp"] = cast("int", ("127.0.0.1", outside))
    return container


class Containers(RunningServers):
    """PostgreSQL and Kafka in containers, which are deleted with their data; the folder `home` keeps the passwords."""

    def __init__(self, home: Path) -> None:
        """Take the folder for passwords; only the method `start` starts the servers."""
        own = Home(home.resolve())
        super().__init__(Postgres(own), Kafka(own))
        self._containers: list[DockerContainer] = []

    def start(self) -> Self:
        """Start PostgreSQL and Kafka, create databases, users and topics, and wait until the servers are usable.

        Raises:
            CommandError: `no-engine`, when no container engine answers or an image cannot be fetched.
        """
        self.home.make()
        try:
            for made in (self._postgres_container, self._kafka_container):
                self._containers.append(made().start())
        except Exception as error:  # docker's errors have no narrower base class
            self.stop()
            raise CommandError(
                "no-engine", f"BUURTSEIN_SERVERS=containers needs a container engine: {error}"
            ) from error
        wait_for("PostgreSQL in its container", self.postgres.ready)
        wait_for("Kafka in its container", self.kafka.cluster().answers)
        self.provision()
        return self

    def stop(self) -> None:
        """Stop and remove the containers of PostgreSQL and Kafka, with the data in them."""
        while self._containers:
            self._containers.pop().stop()

    def destroy(self) -> None:
        """Remove the containers of PostgreSQL and Kafka, and the files that they left in the home folder."""
        self.stop()
        self.home.wipe()

    def _postgres_container(self) -> DockerContainer:
        image = os.environ.get("BUURTSEIN_POSTGRES_IMAGE", POSTGRES_IMAGE)
        kept = {key: SETTINGS[key] for key in ("max_connections", "timezone", "fsync")}
        options = " ".join(f"-c {key}={value}" for key, value in kept.items())
        container = DockerContainer(image).with_command(f"postgres {options}")
        container.with_env("POSTGRES_PASSWORD", self.home.secret("postgres"))
        return on_loopback(container, 5432, self.home.usable_port("postgres"))

    def _kafka_container(self) -> DockerContainer:
        """Return Kafka's container, with the same port inside and outside because the broker announces its port."""
        image, port = os.environ.get("BUURTSEIN_KAFKA_IMAGE", KAFKA_IMAGE), self.home.usable_port("kafka")
        brief = self.home.kafka / "brief"
        brief.mkdir(mode=0o755, exist_ok=True)
        for name, text in (("server.properties", self._kafka_properties(port)), ("start.sh", KAFKA_START)):
            write_private(brief / name, text)
        write_private(brief / "admin", self.home.secret("kafka_admin"))
        for file in brief.iterdir():  # the user in the image must read this file; its parent folder is private
            file.chmod(0o644)
        container = DockerContainer(image).with_command("bash /brief/start.sh")
        container.with_volume_mapping(str(brief), "/brief", "ro")
        return on_loopback(container, port, port)

    def _kafka_properties(self, port: int) -> str:
        settings = self.kafka.settings(Path("/tmp/kafka-logs"))  # noqa: S108 - inside the container
        settings["listeners"] = settings["listeners"].replace(f"127.0.0.1:{port}", f"0.0.0.0:{port}")
        return "".join(f"{key}={value}\n" for key, value in settings.items())

"""The two servers alone, provisioned: what an integration test needs and the stack is built on.

Invariant: `Servers` and `Containers` offer the same attributes, so that nothing else knows which of them runs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from buurtsein_chassis.command_errors import machine_errors
from buurtsein_chassis.manifest import service_names
from buurtsein_operate import rights, topics
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.postgres import Postgres


@dataclass(frozen=True, slots=True)
class Principal:
    """A Kafka user."""

    username: str
    password: str


class RunningServers(Protocol):
    """A PostgreSQL and a Kafka that can be used."""

    @property
    def superuser_dsn(self) -> str:
        """The address of the database `postgres` for its superuser."""

    @property
    def bootstrap(self) -> str:
        """Where Kafka's clients begin (SASL_PLAINTEXT, SCRAM-SHA-512)."""

    @property
    def principals(self) -> dict[str, Principal]:
        """Kafka's users by name, `admin` among them."""

    def dsn(self, service: str, role: str) -> str:
        """The address of a service's database for `migrator`, `app` or `relay`."""

    def stop(self) -> None:
        """Stop both; their data stay."""

    def destroy(self) -> None:
        """Stop both and throw their data away."""


def principals(home: Home) -> dict[str, Principal]:
    """Kafka's users with their passwords."""
    known = rights.principals(Installation.load().consumers)
    names = {name: home.secret(f"kafka_{name}") for name in known}
    return {name: Principal(name, word) for name, word in ({"admin": home.secret("kafka_admin")} | names).items()}


def provision(home: Home, postgres: Postgres, kafka: Kafka) -> None:
    """Databases, roles, topics, users and access rules."""
    postgres.provision(service_names())
    users = {name: who.password for name, who in principals(home).items() if name != "admin"}
    topics.apply(kafka.cluster(), users, Installation.load().consumers, revoke_unknown=True)


class Servers:
    """PostgreSQL and Kafka in a home, without the services."""

    def __init__(self, home: Path) -> None:
        """Nothing is started yet; `home` need not exist."""
        self.home = Home(home.resolve())
        self.postgres = Postgres(self.home)
        self.kafka = Kafka(self.home)

    def start(self) -> "Servers":
        """Start what does not run, provision, and wait until both are usable; after a failure nothing is left.

        Raises:
            CommandError: what stood in the way.
        """
        try:
            with machine_errors(), self.home.lock():
                self.home.make()
                self.launch()
                self.kafka.start()
                self.postgres.start()
                provision(self.home, self.postgres, self.kafka)
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """Start what does not run, without waiting; Kafka, the slow one, first."""
        self.kafka.launch()
        self.postgres.launch()

    @property
    def superuser_dsn(self) -> str:
        """The address of the database `postgres` for its superuser."""
        return self.postgres.dsn()

    @property
    def bootstrap(self) -> str:
        """Where Kafka's clients begin."""
        return self.kafka.bootstrap

    @property
    def principals(self) -> dict[str, Principal]:
        """Kafka's users by name."""
        return principals(self.home)

    def dsn(self, service: str, role: str) -> str:
        """The address of a service's database for one of its roles."""
        return self.postgres.role_dsn(service, role)

    def stop(self) -> None:
        """Stop both; their data stay."""
        self.kafka.stop()
        self.postgres.stop()

    def destroy(self) -> None:
        """Stop both and throw away what they made in the home."""
        self.stop()
        self.postgres.wipe()
        self.home.wipe()

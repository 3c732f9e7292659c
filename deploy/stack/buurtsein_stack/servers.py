"""Runs PostgreSQL and Kafka with databases, users and topics, for integration tests and for the stack.

Invariant: `Servers` and `Containers` have the same attributes, so that no other code knows which of them runs.
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
    """A Kafka user with its password."""

    username: str
    password: str


class RunningServers(Protocol):
    """The interface that tests and stack use to reach a running PostgreSQL and Kafka."""

    @property
    def superuser_dsn(self) -> str:
        """Return the DSN of the database `postgres` for its superuser."""

    @property
    def bootstrap(self) -> str:
        """Return the bootstrap address for Kafka's clients (SASL_PLAINTEXT, SCRAM-SHA-512)."""

    @property
    def principals(self) -> dict[str, Principal]:
        """Return Kafka's users by name, including `admin`."""

    def dsn(self, service: str, role: str) -> str:
        """Return the DSN of a service's database for the role `migrator`, `app` or `relay`."""

    def stop(self) -> None:
        """Stop both servers; their data stay."""

    def destroy(self) -> None:
        """Stop both servers and delete their data."""


def principals(home: Home) -> dict[str, Principal]:
    """Return Kafka's users by name, with their passwords."""
    known = rights.principals(Installation.load().consumers)
    names = {name: home.secret(f"kafka_{name}") for name in known}
    return {name: Principal(name, word) for name, word in ({"admin": home.secret("kafka_admin")} | names).items()}


def provision(home: Home, postgres: Postgres, kafka: Kafka) -> None:
    """Make databases, roles, topics, Kafka users and access rules."""
    postgres.provision(service_names())
    users = {name: who.password for name, who in principals(home).items() if name != "admin"}
    topics.apply(kafka.cluster(), users, Installation.load().consumers, revoke_unknown=True)


class Servers:
    """PostgreSQL and Kafka with their data in one home folder, without the services."""

    def __init__(self, home: Path) -> None:
        """Take the home folder, which need not exist, without starting anything."""
        self.home = Home(home.resolve())
        self.postgres = Postgres(self.home)
        self.kafka = Kafka(self.home)

    def start(self) -> "Servers":
        """Start the servers that do not run, make databases, users and topics, and wait until both are usable.

        Raises:
            CommandError: a step failed; the servers are stopped again.
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
        """Start the servers that do not run, without waiting; Kafka first, since it takes longer."""
        self.kafka.launch()
        self.postgres.launch()

    @property
    def superuser_dsn(self) -> str:
        """Return the DSN of the database `postgres` for its superuser."""
        return self.postgres.dsn()

    @property
    def bootstrap(self) -> str:
        """Return the bootstrap address for Kafka's clients."""
        return self.kafka.bootstrap

    @property
    def principals(self) -> dict[str, Principal]:
        """Return Kafka's users by name."""
        return principals(self.home)

    def dsn(self, service: str, role: str) -> str:
        """Return the DSN of a service's database for one of its roles."""
        return self.postgres.role_dsn(service, role)

    def stop(self) -> None:
        """Stop both servers; their data stay."""
        self.kafka.stop()
        self.postgres.stop()

    def destroy(self) -> None:
        """Stop both servers and delete what they made in the home folder."""
        self.stop()
        self.postgres.wipe()
        self.home.wipe()

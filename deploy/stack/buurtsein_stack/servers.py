"""Runs PostgreSQL and Kafka with databases, users and topics, for integration tests and for the stack."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

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


def principals(home: Home) -> dict[str, Principal]:
    """Return Kafka's users by name, with their passwords."""
    known = rights.principals(Installation.load().consumers)
    names = {name: home.secret(f"kafka_{name}") for name in known}
    return {name: Principal(name, word) for name, word in ({"admin": home.secret("kafka_admin")} | names).items()}


class RunningServers:
    """A PostgreSQL and a Kafka that run; tests and stack reach them in the same way wherever that is."""

    def __init__(self, postgres: Postgres, kafka: Kafka) -> None:
        """Take the two servers, of which Kafka's home has the passwords of the Kafka users."""
        self.postgres = postgres
        self.kafka = kafka

    @property
    def home(self) -> Home:
        """Return the home folder of Kafka, which is also that of PostgreSQL unless they were started apart."""
        return self.kafka.home

    @property
    def superuser_dsn(self) -> str:
        """Return the DSN of the database `postgres` for its superuser."""
        return self.postgres.dsn()

    @property
    def bootstrap(self) -> str:
        """Return the bootstrap address for Kafka's clients (SASL_PLAINTEXT, SCRAM-SHA-512)."""
        return self.kafka.bootstrap

    @property
    def principals(self) -> dict[str, Principal]:
        """Return Kafka's users by name, including `admin`."""
        return principals(self.home)

    def dsn(self, service: str, role: str) -> str:
        """Return the DSN of a service's database for the role `migrator`, `app` or `relay`."""
        return self.postgres.role_dsn(service, role)

    def provision(self) -> None:
        """Make databases, roles, topics, Kafka users and access rules."""
        self.postgres.provision(service_names())
        users = {name: who.password for name, who in self.principals.items() if name != "admin"}
        topics.apply(self.kafka.cluster(), users, Installation.load().consumers, revoke_unknown=True)


class Servers(RunningServers):
    """PostgreSQL and Kafka with their data in one home folder, without the services."""

    def __init__(self, home: Path) -> None:
        """Take the home folder, which need not exist, without starting anything."""
        own = Home(home.resolve())
        super().__init__(Postgres(own), Kafka(own))

    def start(self) -> Self:
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
                self.provision()
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """Start the servers that do not run, without waiting; Kafka first, since it takes longer."""
        self.kafka.launch()
        self.postgres.launch()

    def stop(self) -> None:
        """Stop both servers; their data stay."""
        self.kafka.stop()
        self.postgres.stop()

    def destroy(self) -> None:
        """Stop both servers and delete what they made in the home folder."""
        self.stop()
        self.postgres.wipe()
        self.home.wipe()

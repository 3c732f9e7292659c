"""Runs PostgreSQL and Kafka with databases, users and topics, for integration tests and for the stack."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from buurtsein_chassis.command_errors import machine_errors
from buurtsein_chassis.manifest import service_names
from buurtsein_operate import rights, topics
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.kafka import Kafka, end
from buurtsein_stack.postgres import Postgres
from buurtsein_stack.replication import Replication
from buurtsein_stack.shape import Shape, Standby, settle


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
    """A running PostgreSQL and a running Kafka, as processes or in containers, with addresses and passwords."""

    def __init__(self, postgres: Postgres, kafka: Kafka) -> None:
        """Take PostgreSQL and Kafka; Kafka's home folder has the passwords of the Kafka users."""
        self.postgres = postgres
        self._kafka = kafka

    @property
    def kafka(self) -> Kafka:
        """Return the running Kafka, or its first broker."""
        return self._kafka

    @property
    def home(self) -> Home:
        """Return Kafka's home folder; it is also PostgreSQL's home folder unless the servers have separate ones."""
        return self._kafka.home

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
        """Make databases, database roles, topics, Kafka users and access rules."""
        self.postgres.provision(service_names())
        users = {name: who.password for name, who in self.principals.items() if name != "admin"}
        consumers, copies = Installation.load().consumers, Shape.of(self.home).brokers
        topics.apply(self.kafka.cluster(), users, consumers, replication=copies, revoke_unknown=True)


class Servers(RunningServers):
    """PostgreSQL and Kafka with their data in one home folder, without the services."""

    def __init__(self, home: Path, shape: Shape | None = None) -> None:
        """Take the home folder, and the number of brokers and standbys for a new home folder; start no server."""
        own = Home(home.resolve())
        super().__init__(Postgres(own), Kafka(own))
        self._asked = shape

    @property
    def brokers(self) -> tuple[Kafka, ...]:
        """Return all Kafka brokers; the name of the first broker is `kafka`."""
        return tuple(replace(self.kafka, number=number) for number in self.kafka.numbers)

    @property
    def replication(self) -> Replication | None:
        """Return PostgreSQL's primary and standby; None when this home has no standby."""
        return Replication(self.home) if Shape.of(self.home).standby is not Standby.NONE else None

    @property
    def databases(self) -> tuple[Postgres, ...]:
        """Return the PostgreSQL servers in the order in which to stop them: the standby before the primary."""
        return (self.replication.standby, self.postgres) if self.replication else (self.postgres,)

    def by_name(self) -> dict[str, Kafka | Postgres]:
        """Return each server under its process name."""
        servers: tuple[Kafka | Postgres, ...] = (*reversed(self.databases), *self.brokers)
        return {server.name: server for server in servers}

    def start(self) -> Self:
        """Start the servers that do not run, make databases, users and topics, and wait until every server is usable.

        Raises:
            CommandError: a step failed; the servers are stopped again.
        """
        try:
            with machine_errors(), self.home.lock():
                self.make_home()
                self.launch()
                self.finish()
        except BaseException:
            self.stop()
            raise
        return self

    def start_one(self, name: str) -> None:
        """Start one server if it does not run, and wait until it is ready; a former primary becomes the standby."""
        if self.replication and name == self.replication.standby.name:
            self.replication.ensure()
        else:
            self.by_name()[name].start()

    def make_home(self) -> None:
        """Make the home folder, with a file that says how many brokers and standbys the stack has.

        Raises:
            CommandError: `shape`, when the home has data of another shape than the one asked for.
        """
        self.home.make()
        settle(self.home, self._asked)

    def launch(self) -> None:
        """Start the servers that do not run, Kafka first because it takes longest; do not wait until they are ready."""
        for broker in self.brokers:
            broker.launch()
        self.postgres.launch()

    def finish(self) -> None:
        """Wait until the launched servers are usable, start the standby, and make databases, users and topics."""
        self.postgres.start()
        if self.replication:
            self.replication.ensure()
        for broker in self.brokers:
            broker.start()
        self.provision()

    def stop(self) -> None:
        """Stop all servers; their data stay."""
        end([process for broker in self.brokers if (process := broker.process())])
        for database in self.databases:
            database.stop()

    def destroy(self) -> None:
        """Stop all servers and delete the files that they made in the home folder."""
        self.stop()
        for database in self.databases:
            database.wipe()
        self.home.wipe()

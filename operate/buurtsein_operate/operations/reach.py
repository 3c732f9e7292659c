"""How an operator's command reaches databases and broker: this machine's stack, or a cluster named by environment.

Invariant: no secret is an argument. Of a cluster, passwords and addresses of databases are files in
`BUURTSEIN_SECRETS_DIR`: `kafka_<user>` and `<service>_database_migrator`.
"""

import getpass
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.kafka import KafkaAccess
from buurtsein_chassis.manifest import service_names
from buurtsein_chassis.operations.audit import Operator
from buurtsein_operate import local_stack
from buurtsein_operate.cluster import Cluster


@dataclass(frozen=True)
class Reach:
    """Addresses of one installation, with the right to change it."""

    databases: dict[str, str]
    """By service, for the role that owns the tables."""
    cluster: Cluster

    def services(self, only: str | None = None) -> list[str]:
        """The services that were meant; CommandError `unknown-service`."""
        if only is not None and only not in self.databases:
            raise CommandError(
                "unknown-service", f"there is no service {only}: choose from {', '.join(self.databases)}"
            )
        return [only] if only else list(self.databases)

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection to a service's database; CommandError `database`."""
        try:
            connection = await asyncpg.connect(self.databases[service], timeout=10, command_timeout=300)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise CommandError("database", f"no connection to the database of {service}: {error}") from error
        try:
            yield connection
        finally:
            await connection.close()

    def kafka(self) -> KafkaAccess:
        """The broker, for a client that reads."""
        to = self.cluster
        return KafkaAccess(to.bootstrap, to.username, to.password, to.security_protocol == "SASL_SSL", to.ca_file)


def reach() -> Reach:
    """The cluster of `BUURTSEIN_KAFKA_BOOTSTRAP`, else this stack; CommandError `no-stack`, `secret`, `ca-file`."""
    bootstrap = os.environ.get("BUURTSEIN_KAFKA_BOOTSTRAP")
    return _named(bootstrap) if bootstrap else _local()


def _named(bootstrap: str) -> Reach:
    user = os.environ.get("BUURTSEIN_KAFKA_USERNAME", "admin")
    protocol = os.environ.get("BUURTSEIN_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    ca_file = os.environ.get("BUURTSEIN_KAFKA_CA_FILE")
    databases = {service: _secret(f"{service}_database_migrator") for service in service_names()}
    return Reach(databases, Cluster(bootstrap, protocol, user, _secret(f"kafka_{user}"), ca_file))


def _secret(name: str) -> str:
    path = Path(os.environ.get("BUURTSEIN_SECRETS_DIR", ".")) / name
    if not path.exists():
        raise CommandError("secret", f"{path} is not there (BUURTSEIN_SECRETS_DIR)")
    return path.read_text().strip()


def _local() -> Reach:
    stack = local_stack.needed()
    return Reach(stack["postgres"]["databases"], Cluster.of_stack(stack["kafka"]))


def operator(name: str | None, reason: str | None = None) -> Operator:
    """Who acts: as named, else the user of this machine; CommandError `reason` for an empty one."""
    if reason is not None and not reason.strip():
        raise CommandError("reason", "say why: --reason needs some words")
    return Operator(name or getpass.getuser(), reason.strip() if reason else None)

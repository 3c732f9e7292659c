"""Connects commands to the Kafka and databases named by environment variables, or to the one-machine stack.

Only `lag`, `verify` and `replay group` need them; every other command sends requests to the services (`services.py`).
Invariant: no secret is an argument. Passwords and addresses of databases are files in `BUURTSEIN_SECRETS_DIR`:
`kafka_<user>` and `<service>_database_migrator`. A file is read when it is needed, so that a command on one service
needs the secrets of that service only.
"""

import getpass
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.kafka_access import MECHANISM, KafkaAccess
from buurtsein_chassis.manifest import manifest_of
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.primary import connect
from buurtsein_operate import local_stack
from buurtsein_operate.cluster import Cluster


@dataclass(frozen=True)
class Reach:
    """The addresses of an installation's Kafka and databases, and the credentials of Kafka's administrator."""

    dsn: Callable[[str], str]
    """Returns a service's database address for the role that owns its tables; raises CommandError `secret`."""
    cluster: Cluster

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """Yield a connection to a service's database.

        Raises:
            CommandError: `database` when it cannot be reached, `schema-old` when a table is missing.
        """
        try:
            connection = await connect(self.dsn(service), timeout=10, command_timeout=300)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise CommandError("database", f"no connection to the database of {service}: {error}") from error
        try:
            yield connection
        except asyncpg.UndefinedTableError as error:
            command = f"python -m {manifest_of(service).package} migrate"
            raise CommandError(
                "schema-old", f"the database of {service} is not migrated: run {command} first"
            ) from error
        finally:
            await connection.close()

    def kafka(self) -> KafkaAccess:
        """Return the settings with which a client reads from Kafka."""
        to = self.cluster
        return KafkaAccess(
            to.bootstrap,
            to.username,
            to.password if to.security_protocol != "SSL" else None,
            to.security_protocol != "SASL_PLAINTEXT",
            to.ca_file,
            to.mechanism,
            to.certificate_file,
            to.key_file,
        )


def reach() -> Reach:
    """Return the cluster in `BUURTSEIN_KAFKA_BOOTSTRAP`; without that variable, the one-machine stack's cluster.

    Raises:
        CommandError: `no-stack`, `secret` or `ca-file`.
    """
    bootstrap = os.environ.get("BUURTSEIN_KAFKA_BOOTSTRAP")
    return _named(bootstrap) if bootstrap else _local()


def _named(bootstrap: str) -> Reach:
    user = os.environ.get("BUURTSEIN_KAFKA_USERNAME", "admin")
    protocol = os.environ.get("BUURTSEIN_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    ca_file = os.environ.get("BUURTSEIN_KAFKA_CA_FILE")
    mechanism = os.environ.get("BUURTSEIN_KAFKA_SASL_MECHANISM", MECHANISM)
    certificate, key = (os.environ.get(f"BUURTSEIN_KAFKA_{name}_FILE") for name in ("CERTIFICATE", "KEY"))
    word = secret(f"kafka_{user}") if protocol != "SSL" else ""
    cluster = Cluster(bootstrap, protocol, user, word, ca_file, mechanism, certificate, key)
    return Reach(lambda service: secret(f"{service}_database_migrator"), cluster)


def secret(name: str, folder: Path | None = None) -> str:
    """Return the content of a secret file in the folder BUURTSEIN_SECRETS_DIR, or else in `folder`.

    Raises:
        CommandError: `secret`, when the file is missing.
    """
    path = Path(os.environ.get("BUURTSEIN_SECRETS_DIR") or folder or ".") / name
    if not path.exists():
        raise CommandError("secret", f"{path} does not exist (BUURTSEIN_SECRETS_DIR)")
    return path.read_text().strip()


def _local() -> Reach:
    stack = local_stack.needed()
    return Reach(stack["postgres"]["databases"].__getitem__, Cluster.of_stack(stack["kafka"]))


def operator(name: str | None, reason: str) -> Operator:
    """Return the operator and the reason: the name given with --as, or the user name on this machine."""
    return Operator(name or getpass.getuser(), reason)


def checked(reason: str | None, *, dry_run: bool) -> str:
    """Return the reason without surrounding blanks; raise CommandError `reason` if it is empty, except on a dry run."""
    given = (reason or "").strip()
    if not given and (not dry_run or reason is not None):
        raise CommandError("reason", "a reason is needed: --reason TEXT")
    return given or "dry run"

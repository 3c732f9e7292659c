"""Defines how each process of the stack is started: its command line, environment variables and secrets.

Invariant: a service only gets its own database roles and its own two Kafka users; each secret is a file in the
service's folder, never an argument or an environment variable.
"""

import asyncio
import sys
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.migrations import migrate
from buurtsein_operate.databases import ROLES
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.postgres import Postgres
from buurtsein_stack.servers import principals

HELPERS = ("issuer", "bealert")
OF_EVERY_SERVICE = ("pseudonym_key",)
"""The secrets that every service gets; a service's manifest names the secrets that only this service gets."""
PARTS = ("api", "relay", "worker")


@dataclass(frozen=True, slots=True)
class Program:
    """The command line, environment variables and port with which a process of the stack is started."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str]
    port: int


def names(split: Collection[str] = (), parts: Collection[str] = PARTS) -> tuple[str, ...]:
    """Return the names of all processes except PostgreSQL and Kafka.

    A service in `split` runs as one process for each of its roles in `parts`.
    """
    apart = (name for service in service_names() for name in _parts(service, split, parts))
    return (*HELPERS, *apart)


def _parts(service: str, split: Collection[str], parts: Collection[str]) -> Iterable[str]:
    apart = {"api": service, "relay": f"{service}-relay", "worker": f"{service}-worker"}
    return [name for part, name in apart.items() if part in parts] if service in split else [service]


def url(home: Home, name: str) -> str:
    """Return the URL of a process with an HTTP API."""
    return f"http://127.0.0.1:{home.port(name)}"


def program(home: Home, name: str, split: Collection[str] = ()) -> Program:
    """Return the start parameters of the process with this name, on a port that is free now.

    Raises:
        CommandError: `unknown-process`, when the stack has no such process.
    """
    service, _, part = name.partition("-")
    if name in HELPERS:
        port = home.usable_port(name)
        argv = (sys.executable, "-m", f"buurtsein_stack.{name}")
        return Program(name, argv, {f"{name.upper()}_PORT": str(port)}, port)
    if service not in service_names() or part not in {"", *PARTS}:
        raise CommandError("unknown-process", f"there is no process called {name}")
    only = part or ("api" if service in split else "")
    argv = (sys.executable, "-m", manifest_of(service).package, "run", *(("--only", only) if only else ()))
    port = home.usable_port(name)
    return Program(name, argv, environment(home, service, port), port)


def environment(home: Home, service: str, port: int) -> dict[str, str]:
    """Return a service's settings, without secrets, as environment variables."""
    installation = Installation.load()
    settings = {
        "port": str(port),
        "profile": "local",
        "kafka_bootstrap": Kafka(home).bootstrap,
        "kafka_security_protocol": "SASL_PLAINTEXT",
        "kafka_relay_username": f"{service}-relay",
        "kafka_worker_username": f"{service}-worker",
        "oidc_issuer": url(home, "issuer"),
        "oidc_audience": "buurtsein",
        "source": installation.source,
        "drain_seconds": "0",  # no load balancer needs time to take a process out of rotation
        # here all clients share one IP address, and all people with the same role share one token
        "rate_limit_per_minute": "6000",
        "rate_limit_anonymous_per_minute": "600",
    } | _particular(home, service, installation)
    secrets = {"BUURTSEIN_SECRETS_DIR": str(home.secrets / service)}
    return {f"{service}_{key}".upper(): value for key, value in settings.items()} | secrets


def _particular(home: Home, service: str, installation: Installation) -> dict[str, str]:
    """Return the settings that a service's manifest lists for one machine, filled in from the installation.

    Raises:
        CommandError: `setting`, when the manifest asks for a value that the installation does not have.
    """
    manifest = manifest_of(service)
    wanted = {**manifest.from_installation, **manifest.on_one_machine}
    places = {"alert_folder": str(home.alerts), "photos_folder": str(home.photos)}
    return installation.filled_in(wanted, service, bealert_url=url(home, "bealert"), **places)


def write_secrets(home: Home) -> None:
    """Write the secrets of each service to its folder, as files `<service>_<field>`."""
    users, postgres = principals(home), Postgres(home)
    for service in service_names():
        secrets = {f"database_{role}": postgres.role_dsn(service, role) for role in ROLES}
        for part in ("relay", "worker"):
            secrets[f"kafka_{part}_password"] = users[f"{service}-{part}"].password
        secrets |= {name: home.secret(name) for name in (*OF_EVERY_SERVICE, *manifest_of(service).secrets)}
        for field, value in secrets.items():
            home.keep(f"{service}_{field}", value, service)


def migrate_all(home: Home) -> None:
    """Migrate the databases of all services, in parallel."""
    postgres = Postgres(home)

    async def together() -> None:
        await asyncio.gather(*(migrate(postgres.role_dsn(name, "migrator"), name) for name in service_names()))

    with ThreadPoolExecutor(1) as pool:  # the caller's thread may run an event loop
        pool.submit(asyncio.run, together()).result()

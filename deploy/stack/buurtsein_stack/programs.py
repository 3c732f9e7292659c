"""How each process of the stack is run: its program, its environment, its secrets.

Invariant: a service is told only what is its own: its database roles, its two Kafka users; every secret is a file in a
folder of its own, never an argument or a variable.
"""

import asyncio
import sys
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.migrations import migrate
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.postgres import ROLES, Postgres
from buurtsein_stack.servers import principals

HELPERS = ("issuer", "bealert")
OF_EVERY_SERVICE = ("pseudonym_key",)
"""Secrets of the installation that every service gets; a manifest names those of one service."""
PARTS = ("api", "relay", "worker")


@dataclass(frozen=True, slots=True)
class Program:
    """A process to be started."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str]
    port: int


def names(split: Collection[str] = ()) -> tuple[str, ...]:
    """All processes but the two servers; a service in `split` runs as three."""
    apart = (name for service in service_names() for name in _parts(service, split))
    return (*HELPERS, *apart)


def _parts(service: str, split: Collection[str]) -> Iterable[str]:
    return (service, f"{service}-relay", f"{service}-worker") if service in split else (service,)


def url(home: Home, name: str) -> str:
    """The address of a process that speaks HTTP."""
    return f"http://127.0.0.1:{home.port(name)}"


def program(home: Home, name: str, split: Collection[str] = ()) -> Program:
    """What to run for a process of this name; its port is one that is free now.

    Raises:
        CommandError: `unknown-process`.
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
    """The settings of a service that are no secrets."""
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
        "drain_seconds": "0",  # nobody spreads requests over several processes here
        # here everybody has the same address, and a whole role the same token
        "rate_limit_per_minute": "6000",
        "rate_limit_anonymous_per_minute": "600",
    } | _particular(home, service, installation)
    secrets = {"BUURTSEIN_SECRETS_DIR": str(home.secrets / service)}
    return {f"{service}_{key}".upper(): value for key, value in settings.items()} | secrets


def _particular(home: Home, service: str, installation: Installation) -> dict[str, str]:
    """The settings that the service's manifest asks for, filled in; CommandError `setting` for an unknown fact."""
    facts = {"bealert_url": url(home, "bealert"), "alert_folder": str(home.alerts), **installation.facts}
    try:
        return {name: text.format_map(facts) for name, text in manifest_of(service).on_one_machine.items()}
    except KeyError as error:
        sentence = f"the manifest of {service} asks for {error}, which {installation.folder} does not tell"
        raise CommandError("setting", sentence) from error


def write_secrets(home: Home) -> None:
    """Give each service its own secrets, as files `<service>_<field>`."""
    users, postgres = principals(home), Postgres(home)
    for service in service_names():
        secrets = {f"database_{role}": postgres.role_dsn(service, role) for role in ROLES}
        for part in ("relay", "worker"):
            secrets[f"kafka_{part}_password"] = users[f"{service}-{part}"].password
        secrets |= {name: home.secret(name) for name in (*OF_EVERY_SERVICE, *manifest_of(service).secrets)}
        for field, value in secrets.items():
            home.keep(f"{service}_{field}", value, service)


def migrate_all(home: Home) -> None:
    """Bring the databases of all services to the newest version, side by side."""
    postgres = Postgres(home)

    async def together() -> None:
        await asyncio.gather(*(migrate(postgres.role_dsn(name, "migrator"), name) for name in service_names()))

    with ThreadPoolExecutor(1) as pool:  # the caller may have an event loop of its own
        pool.submit(asyncio.run, together()).result()

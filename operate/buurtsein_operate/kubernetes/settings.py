"""Makes each service's settings from the cluster, the service's manifest and the installation's file.

`installation.toml` has the settings that a service needs beyond its manifest:

    [settings]                      # of every service
    oidc_issuer = "https://..."
    [settings.notifier]             # of one service
    adapter = "cap-http"
    [cluster]
    host = "bin.aalst.example"      # a service answers at <service>.<host>
    issuer = ["192.0.2.10/32"]      # networks that the API may call on port 443
    outside = ["192.0.2.20/32"]     # networks that those may call that call out, such as the notifier's worker
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.consumers import first_problem
from buurtsein_operate.installation import FILE, Installation, as_text
from buurtsein_operate.kubernetes.names import FILES_FOLDER, HTTP_PORT, KAFKA, KAFKA_PORT, METRICS_PORT, SECRETS_FOLDER
from buurtsein_operate.kubernetes.pods import DRAIN_SECONDS, GRACEFUL_SECONDS
from buurtsein_operate.kubernetes.secrets import secret_fields


def _network(text: str) -> str:
    return str(ip_network(text))


Networks = list[Annotated[str, AfterValidator(_network)]]


class Cluster(BaseModel):
    """The settings of the cluster, from the table `[cluster]` of `installation.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")
    issuer: Networks = Field(min_length=1)
    outside: Networks = Field(min_length=1)


def cluster_of(installation: Installation) -> Cluster:
    """Return the Kubernetes settings in an installation file; raise CommandError `installation` if they are wrong."""
    try:
        return Cluster.model_validate(installation.tables.get("cluster"))
    except ValidationError as error:
        where = installation.folder / FILE
        raise CommandError("installation", f"{where}: table [cluster]: {first_problem(error)}") from error


@dataclass(frozen=True, slots=True)
class Settings:
    """A service's environment variables, and the files of the installation whose paths are in these variables."""

    variables: Mapping[str, str]
    files: frozenset[Path]


def refuse_unknown_tables(installation: Installation, services: Collection[str]) -> None:
    """Raise CommandError `installation` if the installation has settings for a service that is not installed."""
    for name, value in installation.tables.get("settings", {}).items():
        if isinstance(value, dict) and name not in services:
            where = installation.folder / FILE
            raise CommandError("installation", f"{where}: table [settings.{name}]: there is no service {name}")


def settings_of(manifest: Manifest, installation: Installation) -> Settings:
    """Return a service's environment variables and files.

    Raises:
        CommandError: `setting`, when the manifest asks for a value that the installation does not have, or the
            installation gives a secret as a setting; `installation`, when a file that a setting names does not exist.
    """
    asked = {**manifest.from_installation, **_of_installation(manifest, installation)}
    files = {_existing(installation, text) for text in asked.values() if text.startswith("{folder}/")}
    filled = installation.filled_in(asked, manifest.name, folder=FILES_FOLDER)
    every = {**_of_cluster(manifest), "source": installation.source, **filled}
    return Settings({f"{manifest.name}_{name}".upper(): value for name, value in every.items()}, frozenset(files))


def _of_installation(manifest: Manifest, installation: Installation) -> dict[str, str]:
    """Return a service's settings from the tables `[settings]` and `[settings.<service>]` of the installation."""
    table = installation.tables.get("settings", {})
    own = {name: value for name, value in table.items() if not isinstance(value, dict)} | table.get(manifest.name, {})
    for name in own:
        if name in secret_fields(manifest):
            raise CommandError(
                "setting", f"{manifest.name} {name} is a secret, which {installation.folder} may not hold"
            )
    return {name: as_text(value) for name, value in own.items()}


def _existing(installation: Installation, named: str) -> Path:
    [path] = installation.filled_in({"file": named}, "an installation").values()
    if not Path(path).is_file() or Path(path).parent != installation.folder:
        raise CommandError("installation", f"there is no file {Path(path).name} in {installation.folder}")
    return Path(path)


def _of_cluster(manifest: Manifest) -> dict[str, str]:
    return {
        "host": "0.0.0.0",  # noqa: S104 # inside a pod; the network policies say who reaches it
        "port": str(HTTP_PORT),
        "internal_host": "0.0.0.0",  # noqa: S104 # idem
        "internal_port": str(METRICS_PORT),
        "drain_seconds": str(DRAIN_SECONDS),
        "graceful_seconds": str(GRACEFUL_SECONDS),
        "kafka_bootstrap": f"{KAFKA}-kafka-bootstrap:{KAFKA_PORT}",
        "kafka_ca_file": f"{SECRETS_FOLDER}/kafka-ca.crt",
        "kafka_relay_username": f"{manifest.name}-relay",
        "kafka_worker_username": f"{manifest.name}-worker",
    }

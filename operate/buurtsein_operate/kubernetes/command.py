"""Defines `buurtsein kubernetes`, which writes an installation's Kubernetes manifests, and its first secrets."""

import os
from pathlib import Path
from typing import Annotated

import typer
import yaml

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, manifests
from buurtsein_operate.installation import Installation
from buurtsein_operate.kubernetes import folders, secrets
from buurtsein_operate.kubernetes.names import NAMESPACE
from buurtsein_operate.output import OfService

app = typer.Typer(no_args_is_help=True, help="Kubernetes: the manifests of an installation, and its secrets.")
To = Annotated[Path, typer.Option(help="The folder to write to.")]
OfInstallation = Annotated[
    Path, typer.Option(envvar="BUURTSEIN_INSTALLATION", help="The folder with installation.toml.")
]


@app.command()
def write(
    *,
    installation: OfInstallation,
    to: To,
    check: Annotated[bool, typer.Option(help="Change nothing; exit with 1 when a file is not as it must be.")] = False,
) -> None:
    """Write the folders base, kafka, postgres and autoscaling for kustomize, from the manifests of all services."""
    wanted = folders.files(Installation.read(installation.resolve()))
    wrong = list(folders.differences(to, wanted))
    if not check:
        folders.write(to, wanted)
    for path in wrong:
        typer.echo(f"{to / path}{' is not what the manifests say' if check else ''}")
    if check and wrong:
        raise typer.Exit(1)


@app.command("secrets")
def new_secrets(
    *,
    to: Annotated[Path, typer.Option(help="The file to write, which must not exist yet.")],
    service: OfService = None,
) -> None:
    """Write new Secrets for `kubectl create -f`: the passwords of all database roles, and the keys of an installation.

    For a service that is added later, use --service: it writes no key of the pseudonyms, which must never change.
    """
    chosen = [manifest_of(service)] if service else list(manifests().values())
    objects = [*secrets.generated(chosen), *([] if service else [secrets.pseudonym_key()])]
    for one in objects:
        one["metadata"]["namespace"] = NAMESPACE
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError("secrets-file", f"{to} cannot be made: {error.strerror}") from error
    with os.fdopen(descriptor, "w") as file:
        yaml.safe_dump_all(objects, file, sort_keys=False)
    typer.echo(to)

"""Defines the operator's command `buurtsein GROUP SUBCOMMAND`, which works on any installation.

No secret is an argument or is printed. Other distributions add commands by an entry point of the group
`buurtsein.commands` that names a `typer.Typer`; the commands of a `Typer` without a name are listed beside these.
"""

import json
import os
import signal
import sys
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_chassis.kafka_access import MECHANISM
from buurtsein_operate import consumers as outside_consumers
from buurtsein_operate import database_commands, imports, local_stack
from buurtsein_operate import topics as catalogue
from buurtsein_operate.cluster import Cluster
from buurtsein_operate.kubernetes import command as kubernetes
from buurtsein_operate.operations import commands as operations
from buurtsein_operate.output import DryRun
from buurtsein_operate.rights import principals

ABOUT = """See how an installation of Buurtsein works, and act on its services, events and jobs.

The exit status is 0 when the command did its work, 1 when it found something wrong, and 2 when it was called wrongly or
reached nobody. Then one sentence on standard error says why."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT)
topics = typer.Typer(no_args_is_help=True, help="Topics, users and access rules of a Kafka cluster.")
app.add_typer(topics, name="topics")
app.add_typer(imports.app, name="import")
app.add_typer(database_commands.app, name="database")
app.add_typer(kubernetes.app, name="kubernetes")
operations.add_to(app)
for joining in sorted(entry_points(group="buurtsein.commands")):
    app.add_typer(joining.load())
errors = Console(stderr=True)


def _tell(asked: bool) -> None:  # noqa: FBT001 # typer calls it with the option's value
    if asked:
        typer.echo(version("buurtsein-operate"))
        raise typer.Exit


@app.callback()
def about(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell, is_eager=True, help="Print the release of this command.")
    ] = False,
) -> None:
    """Define the options that come before a subcommand of `buurtsein`."""


@app.command("openapi")
def write_openapi(*, to: Annotated[Path, typer.Option(help="The folder to write to.")]) -> None:
    """Write the OpenAPI document of each service to `<service>.json`, without a running server."""
    from buurtsein_operate import openapi  # noqa: PLC0415 - it loads FastAPI, which no other command needs

    to.mkdir(parents=True, exist_ok=True)
    for service, document in openapi.documents().items():
        path = to / f"{service}.json"
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        print(path)


@topics.command("apply")
def apply_topics(  # noqa: PLR0913 # each is an option of the command
    *,
    bootstrap: Annotated[
        str | None,
        typer.Option(envvar="BUURTSEIN_KAFKA_BOOTSTRAP", help="The brokers; by default this machine's stack."),
    ] = None,
    protocol: Annotated[str, typer.Option(envvar="BUURTSEIN_KAFKA_SECURITY_PROTOCOL")] = "SASL_SSL",
    username: Annotated[str, typer.Option(envvar="BUURTSEIN_KAFKA_USERNAME")] = "admin",
    ca_file: Annotated[
        str | None,
        typer.Option(envvar="BUURTSEIN_KAFKA_CA_FILE", help="CA certificate of the broker; by default the system's."),
    ] = None,
    mechanism: Annotated[
        str, typer.Option(envvar="BUURTSEIN_KAFKA_SASL_MECHANISM", help="SCRAM-SHA-512 or SCRAM-SHA-256.")
    ] = MECHANISM,
    certificate_file: Annotated[
        str | None,
        typer.Option(envvar="BUURTSEIN_KAFKA_CERTIFICATE_FILE", help="The administrator's, for protocol SSL (mTLS)."),
    ] = None,
    key_file: Annotated[
        str | None, typer.Option(envvar="BUURTSEIN_KAFKA_KEY_FILE", help="Its key, unless it is in the same file.")
    ] = None,
    replication: Annotated[int, typer.Option(help="The number of copies of each partition.")] = 3,
    consumers: Annotated[Path | None, typer.Option(help="The file with the outside consumers.")] = None,
    new_passwords: Annotated[bool, typer.Option(help="Also set the passwords of existing users.")] = False,
    revoke_unknown: Annotated[bool, typer.Option(help="Remove the rights of users that nobody configured.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Create and change topics, users and access rules until they match the manifests and `consumers.toml`.

    Each password is a file `kafka_<user>` in BUURTSEIN_SECRETS_DIR, for the administrator and for each new user.
    """
    if bootstrap:
        word = password(username, needed=protocol != "SSL")
        cluster = Cluster(bootstrap, protocol, username, word, ca_file, mechanism, certificate_file, key_file)
        outside = outside_consumers.of_installation(consumers)
        users = {name: word for name in principals(outside) if (word := password(name, needed=False))}
    else:
        kafka = local_stack.needed()["kafka"]
        cluster, replication = Cluster.of_stack(kafka), 1
        outside = outside_consumers.of_installation(consumers)
        users = {name: who["password"] for name, who in kafka["principals"].items() if name != "admin"}
    changes = catalogue.apply(
        cluster,
        users,
        outside,
        replication=replication,
        new_passwords=new_passwords,
        revoke_unknown=revoke_unknown,
        dry_run=dry_run,
    )
    for line in changes:
        print(line)


def password(user: str, *, needed: bool = True) -> str:
    """Return a Kafka user's password from its secret file; without the file, return "" or, if `needed`, raise.

    Raises:
        CommandError: `secret`, when it is missing and `needed`.
    """
    path = Path(os.environ.get("BUURTSEIN_SECRETS_DIR", ".")) / f"kafka_{user}"
    if not path.exists() and needed:
        raise CommandError(
            "secret", f"the password of {user} is missing: there is no file {path} (BUURTSEIN_SECRETS_DIR)"
        )
    return path.read_text().strip() if path.exists() else ""


def main() -> None:
    """Run the command `buurtsein`; SIGTERM interrupts it in the same way as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with machine_errors():
            app()
    except CommandError as error:
        errors.print(f"buurtsein: {error.sentence}", style="red", soft_wrap=True, highlight=False, markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

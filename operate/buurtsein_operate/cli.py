"""The operator's command: `buurtsein VERB NOUN`, for any installation.

Exit status 0 done, 1 found something wrong, 2 used wrongly or the machine stands in the way; one sentence on standard
error says what. No secret is an argument or is printed. Other distributions add commands by an entry point of the
group `buurtsein.commands` that names a `typer.Typer`: without a name its commands stand beside these.
"""

import json
import os
import signal
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_operate import consumers as outside_consumers
from buurtsein_operate import imports, local_stack, openapi
from buurtsein_operate import topics as catalogue
from buurtsein_operate.cluster import Cluster
from buurtsein_operate.operations import commands as operations
from buurtsein_operate.rights import principals

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
topics = typer.Typer(no_args_is_help=True, help="Topics, users and access rules of a Kafka cluster.")
app.add_typer(topics, name="topics")
app.add_typer(imports.app, name="import")
operations.add_to(app)
for joining in sorted(entry_points(group="buurtsein.commands")):
    app.add_typer(joining.load())
errors = Console(stderr=True)


@app.command("openapi")
def write_openapi(*, to: Annotated[Path, typer.Option(help="The folder to write in.")]) -> None:
    """Write the OpenAPI document of each service, `<service>.json`; nothing needs to run."""
    to.mkdir(parents=True, exist_ok=True)
    for service, document in openapi.documents().items():
        path = to / f"{service}.json"
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        print(path)


@topics.command("apply")
def apply_topics(  # noqa: PLR0913 # each is an option of the command
    *,
    bootstrap: Annotated[str | None, typer.Option(envvar="BUURTSEIN_KAFKA_BOOTSTRAP", help="Else: this stack.")] = None,
    protocol: Annotated[str, typer.Option(envvar="BUURTSEIN_KAFKA_SECURITY_PROTOCOL")] = "SASL_SSL",
    username: Annotated[str, typer.Option(envvar="BUURTSEIN_KAFKA_USERNAME")] = "admin",
    ca_file: Annotated[
        str | None, typer.Option(envvar="BUURTSEIN_KAFKA_CA_FILE", help="The broker's authority; else the system's.")
    ] = None,
    replication: Annotated[int, typer.Option(help="Copies of each partition.")] = 3,
    consumers: Annotated[Path | None, typer.Option(help="File with the consumers outside.")] = None,
    new_passwords: Annotated[bool, typer.Option(help="Also set passwords of users that exist.")] = False,
    revoke_unknown: Annotated[bool, typer.Option(help="Take rights away from users that nothing names.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> None:
    """Bring a cluster in line with the manifests of the services and the consumers of the installation.

    Passwords are files in BUURTSEIN_SECRETS_DIR: `kafka_<user>` for the administrator and for each user to be made.
    """
    if bootstrap:
        cluster = Cluster(bootstrap, protocol, username, password(username), ca_file)
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
    """A user's password from its file."""
    path = Path(os.environ.get("BUURTSEIN_SECRETS_DIR", ".")) / f"kafka_{user}"
    if not path.exists() and needed:
        raise CommandError("secret", f"no password of {user}: {path} is not there (BUURTSEIN_SECRETS_DIR)")
    return path.read_text().strip() if path.exists() else ""


def main() -> None:
    """Run a command; SIGTERM is heard as Ctrl-C."""
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

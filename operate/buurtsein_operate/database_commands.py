"""Defines `buurtsein database sql`, which makes a service's database, its roles and their rights."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of
from buurtsein_chassis.setting_files import secret_in, secrets_folder
from buurtsein_operate import databases
from buurtsein_operate.databases import ROLES, Names

app = typer.Typer(no_args_is_help=True, help="The databases of the services.")

ADMIN = "BUURTSEIN_DATABASE_ADMIN"
ADMIN_FILE = "database_admin"

Chosen = Annotated[str | None, typer.Option(help="The name of this role in PostgreSQL; by default <service>_<role>.")]


@app.callback()
def _group() -> None:
    """Make typer keep the word `sql` in the command although it is the only subcommand."""


@app.command()
def sql(  # each is an option of the command
    service: Annotated[str, typer.Argument(help="The name of the service.")],
    *,
    database: Annotated[str | None, typer.Option(help="The name of the database; by default the service's.")] = None,
    migrator: Chosen = None,
    app_role: Annotated[str | None, typer.Option("--app", help="The same for the role app.")] = None,
    relay: Annotated[str | None, typer.Option("--relay", help="The same for the role relay.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Apply it; without this it is only printed.")] = False,
) -> None:
    """Print SQL for psql that creates a service's database, roles and rights; with --apply, run the SQL.

    psql asks for the passwords. With --apply the address for a superuser is in BUURTSEIN_DATABASE_ADMIN or in the file
    `database_admin` in BUURTSEIN_SECRETS_DIR, and each password is the one in the file `<service>_database_<role>`
    there. It can be repeated.
    """
    names = databases.names_of(
        manifest_of(service).name, database=database, migrator=migrator, app=app_role, relay=relay
    )
    if not apply:
        print(databases.script(names), end="")
        return
    passwords = dict(_passwords(service, names))
    verifiers = {role: databases.scram(password) for role, password in passwords.items()}
    asyncio.run(databases.apply(_admin(), names, verifiers, print))
    for role in names.roles:
        print(f"{'set the password of' if role in passwords else 'no file with a password for'} {role}")


def _passwords(service: str, names: Names) -> Iterator[tuple[str, str]]:
    """Yield each database role with its password, taken from the role's address (DSN) in the folder of secrets."""
    for role, name in zip(ROLES, names.roles, strict=True):
        path = (secrets_folder() or Path()) / f"{service}_database_{role}"
        if path.exists():
            user, password = databases.user_of(secret_in(path))
            if user != name:
                raise CommandError("role", f"{path} is for user {user!r}, not for role {name}: choose --{role} {user}")
            if password:
                yield name, password


def _admin(environment: Mapping[str, str] = os.environ) -> str:
    named = environment.get(ADMIN)
    path = (secrets_folder() or Path()) / ADMIN_FILE
    if not named and not path.exists():
        raise CommandError("secret", f"a superuser's address is needed: in {ADMIN}, or in the file {path}")
    return named or secret_in(path)

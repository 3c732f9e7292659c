"""The command line that every service has: run, migrate, config, openapi."""

import asyncio
import json
from collections.abc import Callable
from typing import Annotated

import typer

from buurtsein_chassis import logs, migrations
from buurtsein_chassis.service import Role, Service, build_app, serve
from buurtsein_chassis.settings import ServiceSettings, load


def program[S: ServiceSettings](name: str, settings: type[S], compose: Callable[[S], Service]) -> typer.Typer:
    """The commands of one service."""
    app = typer.Typer(name=f"buurtsein-{name}", no_args_is_help=True, pretty_exceptions_enable=False)

    @app.command()
    def run(
        only: Annotated[list[Role] | None, typer.Option(help="Only these roles; default all.")] = None,
    ) -> None:
        """Serve until told to stop."""
        loaded = load(settings)
        logs.configure(name, loaded.log_level)
        serve(compose(loaded), frozenset(only or Role))

    @app.command()
    def migrate(*, dry_run: Annotated[bool, typer.Option(help="Only say what would be applied.")] = False) -> None:
        """Bring the database up to date, with the migrator's rights."""
        dsn = load(settings).database_migrator
        if dsn is None:
            typer.echo("setting DATABASE_MIGRATOR is missing", err=True)
            raise typer.Exit(2)
        for migration in asyncio.run(migrations.migrate(dsn.get_secret_value(), name, dry_run=dry_run)):
            typer.echo(f"{'would apply' if dry_run else 'applied'} {migration}")

    @app.command()
    def config() -> None:
        """Print the settings, secrets masked."""
        for key, value in load(settings).masked().items():
            typer.echo(f"{key} = {value}")

    @app.command()
    def openapi() -> None:
        """Print the OpenAPI document."""
        document = build_app(compose(load(settings)), frozenset({Role.API})).openapi()
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))

    return app

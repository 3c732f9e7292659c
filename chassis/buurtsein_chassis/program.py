"""Makes the command line that every service has: run, migrate, retention, config, openapi."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import SecretStr

from buurtsein_chassis import logs, migrations, retention, telemetry
from buurtsein_chassis.composition import build_app
from buurtsein_chassis.database import DATABASE_ERRORS
from buurtsein_chassis.manifest import Manifest
from buurtsein_chassis.service import Role, Service
from buurtsein_chassis.serving import serve
from buurtsein_chassis.sessions import NoSession, check_sessions
from buurtsein_chassis.settings import ServiceSettings, load


def program(manifest: Manifest) -> typer.Typer:
    """Return the commands of a manifest's service; raise ImportError when the manifest names a missing object."""
    compose: Callable[[ServiceSettings], Service] = manifest.load(manifest.compose)

    def as_described(settings: ServiceSettings) -> Service:
        service = compose(settings)
        if found := ", ".join(differences(manifest, service)):
            typer.echo(f"the manifest of {manifest.name} names other {found} than its service has", err=True)
            raise typer.Exit(2)
        return service

    return commands_of(manifest.name, manifest.load(manifest.settings), as_described, manifest.log_keys)


def differences(manifest: Manifest, service: Service) -> Iterator[str]:
    """Yield the fields of a manifest that name something else than the service has."""
    if {each.consumer: tuple(each.topics) for each in service.subscriptions} != manifest.subscriptions:
        yield "subscriptions"
    kept = {each.projection.name for each in service.subscriptions if each.projection}
    if kept != {projection.name for projection in manifest.load_projections()}:
        yield "projections"
    if set(service.jobs) != set(manifest.jobs):
        yield "jobs"


def commands_of[S: ServiceSettings](
    name: str, settings: type[S], compose: Callable[[S], Service], log_keys: frozenset[str] = frozenset()
) -> typer.Typer:
    """Return the commands of a service, made of its name, settings class, compose function and extra log keys."""
    app = typer.Typer(name=f"buurtsein-{name}", no_args_is_help=True, pretty_exceptions_enable=False)

    @app.command()
    def run(
        only: Annotated[list[Role] | None, typer.Option(help="Run only these roles; the default is all.")] = None,
    ) -> None:
        """Run the service until it gets SIGTERM or Ctrl-C."""
        loaded = load(settings)
        logs.configure(name, loaded.log_level, log_keys)
        if loaded.otel_endpoint:
            _export_traces(str(loaded.otel_endpoint), name)
        roles = frozenset(only or Role)
        _look_at(loaded, "database_app", *["database_relay"] * (Role.RELAY in roles))
        serve(compose(loaded), roles)

    @app.command()
    def migrate(*, dry_run: Annotated[bool, typer.Option(help="Only print what would be applied.")] = False) -> None:
        """Apply the missing migrations to the database, with the rights of the migrator."""
        loaded = load(settings)
        dsn = _owner_dsn(loaded)
        _look_at(loaded, "database_migrator")
        for migration in asyncio.run(migrations.migrate(dsn, name, dry_run=dry_run)):
            typer.echo(f"{'would apply' if dry_run else 'applied'} {migration}")

    @app.command("retention")
    def retain(
        *,
        dry_run: Annotated[bool, typer.Option(help="Only count the rows that would be removed.")] = False,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Delete or empty rows older than their limit, with the rights of the migrator; run it once a day."""
        loaded = load(settings)
        logs.configure(name, "WARNING", log_keys)
        service = compose(loaded)
        bounds = [*retention.chassis_bounds(loaded), *service.bounds]
        cuts = asyncio.run(retention.apply(_owner_dsn(loaded), bounds, service.source, dry_run=dry_run))
        typer.echo(json.dumps([asdict(cut) for cut in cuts]) if as_json else _summary(cuts, dry_run=dry_run))

    @app.command()
    def config() -> None:
        """Print the settings with masked secrets."""
        for key, value in load(settings).masked().items():
            typer.echo(f"{key} = {value}")

    @app.command()
    def openapi() -> None:
        """Print the OpenAPI document."""
        document = build_app(compose(load(settings)), frozenset({Role.API})).openapi()
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))

    return app


def _look_at(settings: ServiceSettings, *databases: str) -> None:
    """Check that databases can be used; when one cannot, print why and exit.

    The exit status is 2 when the configuration must be changed, and 3 when the database cannot be reached now.
    """
    for name in databases:
        setting = "setting " + f"{settings.model_config.get('env_prefix', '')}{name}".upper()
        dsn: SecretStr = getattr(settings, name)
        try:
            asyncio.run(check_sessions(dsn.get_secret_value(), seconds=settings.database_command_timeout))
        except NoSession as error:
            typer.echo(f"{setting}: {error}", err=True)
            raise typer.Exit(2) from error
        except (*DATABASE_ERRORS, ValueError) as error:
            typer.echo(f"{setting}: no connection ({type(error).__name__})", err=True)
            raise typer.Exit(3) from error


def _summary(cuts: Sequence[retention.Cut], *, dry_run: bool) -> str:
    did = "would cut" if dry_run else "cut"
    return "\n".join(f"{cut.bound}: {did} {cut.rows} rows older than {cut.days} days" for cut in cuts)


def _owner_dsn(settings: ServiceSettings) -> str:
    if settings.database_migrator is None:
        typer.echo("setting DATABASE_MIGRATOR is missing", err=True)
        raise typer.Exit(2)
    return settings.database_migrator.get_secret_value()


def _export_traces(endpoint: str, name: str) -> None:
    try:
        telemetry.export_to(endpoint, name)
    except telemetry.NotInstalled as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error

"""Makes the command line that every service has: run, migrate, retention, config, openapi.

Invariant: each command reads only the settings and secrets that it needs. A command that cannot run prints
one sentence and exits with status 2; nobody sees a traceback.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from buurtsein_chassis import logs, migrations, retention, starting, telemetry
from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_chassis.composition import build_app, kafka_access
from buurtsein_chassis.manifest import Manifest
from buurtsein_chassis.schema import release_of, require_schema
from buurtsein_chassis.service import Service
from buurtsein_chassis.serving import serve, sockets
from buurtsein_chassis.sessions import check_sessions
from buurtsein_chassis.settings import ServiceSettings, in_one_line, load, secret_missing
from buurtsein_chassis.tasks import COMPOSED, Role, Task

DryRun = Annotated[bool, typer.Option(help="Only tell what would be done.")]
Only = Annotated[list[Role] | None, typer.Option(help="Only these roles; the default is all.")]


class Program(typer.Typer):
    """The command line of a service; when something is wrong, the process exits with 2 and prints one sentence."""

    def __call__(self, *args: Any, **options: Any) -> None:
        """Run the command that the arguments name, and end the process with its exit status."""
        sys.exit(self._ended(*args, **options))

    def _ended(self, *args: Any, **options: Any) -> int:
        try:
            with machine_errors():
                ended = super().__call__(*args, standalone_mode=False, **options)
        except CommandError as error:
            return _refused(error.sentence)
        except (typer.Abort, KeyboardInterrupt):
            return 130
        except Exception as error:  # noqa: BLE001 # a fault of the program: its message may quote data
            message = getattr(error, "format_message", None)
            return _refused(message() if message else f"fault in the program: {logs.place_of(error)}")
        return ended if isinstance(ended, int) else 0


def _refused(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


def program(manifest: Manifest) -> Program:
    """Return the commands of a manifest's service; raise ImportError when the manifest names a missing object.

    The service itself is imported only by a command that composes it, so that `migrate` and `retention` start sooner.
    """
    bounds = manifest.load(manifest.bounds) if manifest.bounds else None

    def as_described(settings: ServiceSettings) -> Service:
        compose: Callable[[ServiceSettings], Service] = manifest.load(manifest.compose)
        service = compose(settings)
        if found := ", ".join(differences(manifest, service)):
            raise CommandError("manifest", f"the manifest of {manifest.name} names other {found} than its service has")
        return service

    return commands_of(
        manifest.name,
        manifest.load(manifest.settings),
        as_described,
        manifest.log_keys,
        bounds=bounds,
        migrated=True,
        consumes=bool(manifest.subscriptions),
    )


def differences(manifest: Manifest, service: Service) -> Iterator[str]:
    """Yield the name of each field in which a manifest differs from what the service really has."""
    if {each.consumer: tuple(each.topics) for each in service.subscriptions} != manifest.subscriptions:
        yield "subscriptions"
    kept = {each.projection.name for each in service.subscriptions if each.projection}
    if kept != {projection.name for projection in manifest.load_projections()}:
        yield "projections"
    if set(service.jobs) != set(manifest.jobs):
        yield "jobs"


def commands_of[S: ServiceSettings](  # what the manifest of a service says
    name: str,
    settings: type[S],
    compose: Callable[[S], Service],
    log_keys: frozenset[str] = frozenset(),
    *,
    bounds: Callable[[S], Sequence[retention.Bound]] | None = None,
    migrated: bool = False,
    consumes: bool = True,
) -> Program:
    """Return the typer app of a service, with its commands.

    Args:
        name: the name of the service.
        settings: the class of its settings.
        compose: makes the service from its settings.
        log_keys: the keys that its log lines may have, in addition to those of every service.
        bounds: makes the retention limits of its own tables from the settings that begin with `retention_`.
        migrated: whether it has a manifest, so that its migrations are known and its schema is checked.
        consumes: whether its worker reads topics.
    """
    app = Program(name=f"buurtsein-{name}", no_args_is_help=True, pretty_exceptions_enable=False)
    prefix: str = settings.model_config.get("env_prefix", "")

    app.callback()(_about(name))

    @app.command()
    def run(only: Only = None) -> None:
        """Run the service until it gets SIGTERM or Ctrl-C."""
        roles = frozenset(only or Role)
        tasks = tasks_of(roles, consumes=consumes)
        loaded = load(settings, tasks)
        logs.configure(name, loaded.log_level, log_keys)
        if loaded.otel_endpoint:
            _export_traces(str(loaded.otel_endpoint), name)
        service = _composed(name, compose, loaded, tasks)
        ports = sockets(loaded)
        asyncio.run(_ready(prefix, service, tasks, migrated=migrated))
        serve(service, roles, ports)

    @app.command()
    def migrate(*, dry_run: DryRun = False) -> None:
        """Apply the missing migrations to the database, with the rights of the migrator."""
        loaded = load(settings, [Task.MIGRATE])
        logs.configure(name, "WARNING", log_keys)
        terms = migrations.Terms(
            loaded.database_app_role,
            loaded.database_relay_role,
            loaded.migration_lock_timeout,
            loaded.migration_lock_tries,
            loaded.migration_statement_timeout,
        )
        work = partial(migrations.migrate, service=name, dry_run=dry_run, terms=terms)
        for migration in asyncio.run(_as_owner(prefix, loaded, work)):
            typer.echo(f"{'would apply' if dry_run else 'applied'} {migration}")

    @app.command("retention")
    def retain(*, dry_run: DryRun = False, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        """Delete or empty rows older than their limit, with the rights of the migrator; run it once a day."""
        loaded = load(settings, [Task.RETENTION])
        logs.configure(name, "WARNING", log_keys)
        limits = [*retention.chassis_bounds(loaded), *(bounds(loaded) if bounds else ())]
        work = partial(retention.apply, bounds=limits, source=loaded.source_of(name), dry_run=dry_run)
        cuts = asyncio.run(_as_owner(prefix, loaded, work))
        typer.echo(json.dumps([asdict(cut) for cut in cuts]) if as_json else _summary(cuts, dry_run=dry_run))

    @app.command()
    def config(only: Only = None) -> None:
        """Print the settings that a process with these roles reads, with masked secrets."""
        for key, value in load(settings, tasks_of(only or Role, consumes=consumes)).masked().items():
            typer.echo(f"{key} = {value}")

    @app.command()
    def openapi() -> None:
        """Print the OpenAPI document of the service."""
        document = build_app(compose(load(settings, [Task.API])), frozenset({Role.API})).openapi()
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))

    return app


def _about(name: str) -> Callable[..., None]:
    """Return the typer callback that adds the option --version to a service's command line."""

    def tell(asked: bool) -> None:  # noqa: FBT001 # typer calls it with the option's value
        if asked:
            typer.echo(release_of(name))
            raise typer.Exit

    version = typer.Option("--version", callback=tell, is_eager=True, help="Print the release.")

    def about(*, _version: Annotated[bool, version] = False) -> None:
        """Run this service, or prepare its database."""

    return about


def tasks_of(roles: Iterable[Role], *, consumes: bool) -> list[Task]:
    """Return the tasks of a process with these roles; `consumes` tells whether the service's worker reads topics."""
    tasks = [Task(role) for role in roles]
    return [*tasks, Task.CONSUMERS] if consumes and Task.WORKER in tasks else tasks


def _composed[S: ServiceSettings](name: str, compose: Callable[[S], Service], loaded: S, tasks: list[Task]) -> Service:
    """Return the service that `compose` makes; for a process that runs only the relay, a service without routes."""
    if not COMPOSED & set(tasks):
        return Service(name, loaded)
    try:
        return compose(loaded)
    except (ValueError, OSError, ImportError) as error:
        raise CommandError("compose", f"{name} cannot be made from its settings: {in_one_line(error)}") from error


async def _ready(prefix: str, service: Service, tasks: list[Task], *, migrated: bool) -> None:
    """Wait until the databases can be used, and check certificates, schema and brokers; raise CommandError."""
    loaded = service.settings
    seconds = loaded.database_command_timeout
    starting.require_authorities()
    parts = [part for part, task in (("relay", Task.RELAY), ("worker", Task.CONSUMERS)) if task in tasks]
    for part in parts:
        starting.require_files(prefix, kafka_access(loaded, part), part)
    for field in ("database_app", *["database_relay"] * (Task.RELAY in tasks)):
        dsn: SecretStr = getattr(loaded, field)
        await _with_sessions(f"{prefix}{field}".upper(), _text(dsn), seconds)
    if migrated:
        wanted = migrations.migrations_for(service.name)
        compare = partial(require_schema, _text(loaded.database_app), service.name, wanted, seconds)
        await starting.reached(f"{prefix}DATABASE_APP", compare)
    for check in service.checks:
        work = partial(starting.checked, _text(loaded.database_app), seconds, check)
        await starting.reached(f"{prefix}DATABASE_APP", work)
    for part in parts:
        await starting.require_welcome(prefix, kafka_access(loaded, part), part)


async def _as_owner[T](prefix: str, loaded: ServiceSettings, work: Callable[[str], Awaitable[T]]) -> T:
    """Call `work` with the migrator's DSN, after a test of the connection; raise CommandError when it fails."""
    setting = f"{prefix}DATABASE_MIGRATOR"
    if loaded.database_migrator is None:
        raise CommandError("setting", f"setting {setting}: {secret_missing(setting)}")
    dsn, seconds = _text(loaded.database_migrator), loaded.database_command_timeout
    await _with_sessions(setting, dsn, seconds, loaded.database_start_timeout)
    return await work(dsn)


async def _with_sessions(setting: str, dsn: str, seconds: float, give_up_after: float = float("inf")) -> None:
    """Wait until a database is reachable, and check that it keeps sessions; raise CommandError otherwise."""
    starting.require_files_of(setting, dsn)
    await starting.reached(setting, partial(check_sessions, dsn, seconds=seconds), give_up_after)


def _text(secret: SecretStr) -> str:
    return secret.get_secret_value()


def _summary(cuts: Sequence[retention.Cut], *, dry_run: bool) -> str:
    did = "would cut" if dry_run else "cut"
    return "\n".join(f"{cut.bound}: {did} {cut.rows} rows older than {cut.days} days" for cut in cuts)


def _export_traces(endpoint: str, name: str) -> None:
    try:
        telemetry.export_to(endpoint, name)
    except telemetry.NotInstalled as error:
        raise CommandError("otel", str(error)) from error

"""Checks that the release that starts fits the database's schema, by the table `schema_migration`.

Each migration may name, in its header, the oldest release that still works on the schema that it makes:
`-- oldest release: 0.3.0`. The runner writes that release into the table. A release works on the schema when it
knows all migrations in the table, or is not older than the releases that the unknown migrations name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points, version

import asyncpg

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import GROUP
from buurtsein_chassis.migrations import Migration
from buurtsein_chassis.primary import connect

_UNREADABLE = (asyncpg.UndefinedColumnError, asyncpg.InsufficientPrivilegeError)
"""Errors on a database that was last migrated by a release which did not yet let `database_app` read the table."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration in the database: its name, and the oldest release that works on its schema, or None."""

    name: str
    oldest_release: str | None


async def require_schema(dsn: str, service: str, wanted: Sequence[Migration], seconds: float) -> None:
    """Check that this release works on the schema of a database.

    Raises:
        CommandError: `schema-old` when a migration is missing, `schema-new` when the schema needs a newer release.
        asyncpg.PostgresError, OSError: the database cannot be reached.
    """
    applied = await _applied(dsn, service, seconds)
    missing = [migration.name for migration in wanted if migration.name not in {one.name for one in applied}]
    if missing:
        number = f"{len(missing)} migrations, the first is" if missing[1:] else "the migration"
        message = f"the database of {service} lacks {number} {missing[0]}"
        raise CommandError("schema-old", f"{message}: run migrate of this release first")
    known = {migration.name for migration in wanted}
    if needed := newer(one for one in applied if one.name not in known):
        message = ", ".join(f"{package} {release}" for package, release in needed.items())
        raise CommandError(
            "schema-new", f"the schema of {service} is too new for this release: upgrade to at least {message}"
        )


async def _applied(dsn: str, service: str, seconds: float) -> list[Applied]:
    connection = await connect(dsn, timeout=seconds, command_timeout=seconds)
    try:
        rows = await connection.fetch("select name, oldest_release from schema_migration")
    except asyncpg.UndefinedTableError:
        return []
    except _UNREADABLE as error:
        message = f"the database of {service} was last migrated by an earlier release: run migrate of this release"
        raise CommandError("schema-old", f"{message} first (migrate --dry-run lists what is missing)") from error
    finally:
        await connection.close(timeout=seconds)
    return [Applied(**row) for row in rows]


def newer(unknown: Iterable[Applied]) -> Mapping[str, str]:
    """Return the release that unknown migrations require, by package, if it is later than the installed release."""
    needed: dict[str, str] = {}
    for one in unknown:
        package = one.name.partition("/")[0]
        if one.oldest_release and _order(one.oldest_release) > _order(needed.get(package) or _installed(package)):
            needed[package] = one.oldest_release
    return needed


def _installed(package: str) -> str:
    """Return the release of the chassis or of the service that has a package; `0` when it is not installed."""
    if package == "buurtsein_chassis":
        return version("buurtsein-chassis")
    found = (entry.dist for entry in entry_points(group=GROUP) if entry.value.startswith(f"{package}."))
    return next((distribution.version for distribution in found if distribution), "0")


def release_of(service: str) -> str:
    """Return the release of an installed service; of a service without a manifest, the release of the chassis."""
    found = (entry.dist for entry in entry_points(group=GROUP, name=service))
    own = next((distribution.version for distribution in found if distribution), None)
    return own or version("buurtsein-chassis")


def _order(release: str) -> tuple[int, ...]:
    """Return a release as a tuple of numbers for comparison: `1.10.2` gives (1, 10, 2)."""
    return tuple(map(int, re.findall(r"\d+", release)[:3]))

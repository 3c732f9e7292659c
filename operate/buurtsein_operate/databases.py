"""Makes the SQL for the database of a service: its roles `migrator`, `app` and `relay`, and their rights.

The same steps are printed for psql, applied by `buurtsein database sql --apply`, and used by the one-machine stack.
Invariant: applying them twice changes nothing the second time, and no password is in an argument or in the output.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.migrations import quoted
from buurtsein_chassis.primary import connect

ROLES = ("migrator", "app", "relay")
ITERATIONS = 4096
"""As many as PostgreSQL itself uses for SCRAM-SHA-256."""
_SUPERUSER = "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
REVOKE_LARGE_OBJECTS = (
    "REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_open(oid, integer), "
    "lowrite(integer, bytea), lo_put(oid, bigint, bytea), lo_truncate(integer, integer), "
    "lo_truncate64(integer, bigint), lo_unlink(oid) FROM PUBLIC"
)
"""Forbids large objects, whose rows no grant on a table controls. Only a superuser can; a new database copies it."""
_ALLOWED = "has_function_privilege('public', 'lo_creat(integer)', 'EXECUTE')"
NO_LARGE_OBJECTS = f"SELECT '{REVOKE_LARGE_OBJECTS}' WHERE {_SUPERUSER} AND {_ALLOWED}"
"""Forbids large objects, whose rows no grant on a table controls. Only a superuser can; a new database copies it."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a service's database and of its roles in PostgreSQL."""

    database: str
    migrator: str
    app: str
    relay: str

    def __post_init__(self) -> None:
        """Raise CommandError `name` for a name that cannot be written in SQL or is used twice."""
        for name in (self.database, *self.roles):
            quoted(name)
        if len(set(self.roles)) < len(ROLES):
            raise CommandError("name", f"the three roles need three names, not {', '.join(self.roles)}")

    @property
    def roles(self) -> tuple[str, str, str]:
        """Return the names of the database roles in the order migrator, app, relay."""
        return (self.migrator, self.app, self.relay)


def names_of(service: str, **chosen: str | None) -> Names:
    """Return the names of a service's database and roles: the given names, or `<service>` and `<service>_<role>`."""
    usual = {"database": service, **{role: f"{service}_{role}" for role in ROLES}}
    return Names(**{kind: chosen.get(kind) or name for kind, name in usual.items()})


@dataclass(frozen=True, slots=True)
class Step:
    """One SQL statement, or a query whose rows are SQL statements to execute next."""

    sql: str
    is_query: bool = False


def on_server(names: Names, passwords: Mapping[str, str]) -> Iterator[Step]:
    """Yield the SQL steps that create a service's roles (with their passwords as SCRAM verifiers) and its database."""
    for role in names.roles:
        yield Step(
            f"SELECT 'CREATE ROLE {quoted(role)} LOGIN' "  # noqa: S608 # names that were checked
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')",
            is_query=True,
        )
        if role in passwords:
            yield Step(f"ALTER ROLE {quoted(role)} LOGIN PASSWORD '{passwords[role]}'")
    database, owner = quoted(names.database), quoted(names.migrator)
    # who is no superuser must be a member of the owner to make a database for it
    yield Step(f"SELECT format('GRANT {owner} TO %I', current_user) WHERE NOT {_SUPERUSER}", is_query=True)
    yield Step(
        f"SELECT 'CREATE DATABASE {database} OWNER {owner}' "  # noqa: S608 # names that were checked
        f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{names.database}')",
        is_query=True,
    )
    yield Step(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    yield Step(f"GRANT CONNECT ON DATABASE {database} TO {quoted(names.app)}, {quoted(names.relay)}")


def in_database(names: Names) -> Iterator[Step]:
    """Yield the SQL steps to execute in the service's own database: they set the rights on its schema `public`."""
    yield Step("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield Step(NO_LARGE_OBJECTS, is_query=True)
    yield Step(f"GRANT USAGE, CREATE ON SCHEMA public TO {quoted(names.migrator)}")
    yield Step(f"GRANT USAGE ON SCHEMA public TO {quoted(names.app)}, {quoted(names.relay)}")


def script(names: Names, passwords: Mapping[str, str] | None = None) -> str:
    """Return the SQL for psql that makes database, roles and rights; without `passwords`, psql asks for them."""
    lines = [_for_psql(step) for step in on_server(names, passwords or {})]
    if passwords is None:
        lines += [f"\\password {quoted(role)}" for role in names.roles]
    lines += [f"\\connect {quoted(names.database)}", *map(_for_psql, in_database(names))]
    return "\n".join(lines) + "\n"


def _for_psql(step: Step) -> str:
    return f"{step.sql} \\gexec" if step.is_query else f"{step.sql};"


async def apply(dsn: str, names: Names, passwords: Mapping[str, str], tell: Callable[[str], None]) -> None:
    """Make a service's database, roles and rights, connected as a superuser or a role that may create both.

    Args:
        dsn: that user's address of any database of the server.
        names: the names of the database and of the roles.
        passwords: SCRAM verifiers by role; the password of another role stays as it is.
        tell: called with each statement that was made because something did not exist.

    Raises:
        CommandError: `database`, when the server cannot be reached or refuses a step.
    """
    own = urlunsplit(urlsplit(dsn)._replace(path=f"/{names.database}"))
    try:
        await _apply(dsn, on_server(names, passwords), tell)
        await _apply(own, in_database(names), tell)
    except asyncpg.PostgresError as error:
        raise CommandError("database", f"PostgreSQL refused: {error.args[0]}") from error
    except (OSError, ValueError, TimeoutError) as error:
        raise CommandError("database", f"no connection to PostgreSQL ({type(error).__name__})") from error


async def _apply(dsn: str, steps: Iterator[Step], tell: Callable[[str], None]) -> None:
    connection = await connect(dsn, timeout=10, command_timeout=60)
    try:
        for step in steps:
            made = [row[0] for row in await connection.fetch(step.sql)] if step.is_query else []
            for statement in made if step.is_query else [step.sql]:
                await connection.execute(statement)
            for statement in made:
                tell(statement)
    finally:
        await connection.close()


def scram(password: str, salt: bytes | None = None) -> str:
    """Return the SCRAM-SHA-256 verifier that PostgreSQL stores instead of a password (RFC 5803).

    Raises:
        CommandError: `password`, when the password is empty or has other characters than printable ASCII.
    """
    if not password or not password.isascii() or not password.isprintable():
        raise CommandError("password", "a password of a database role consists of printable ASCII characters")
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    shown = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{shown[0]}${shown[1]}:{shown[2]}"


def user_of(dsn: str) -> tuple[str, str]:
    """Return user and password of a database address (DSN); each is "" if it is missing in the address."""
    parts = urlsplit(dsn)
    return unquote(parts.username or ""), unquote(parts.password or "")

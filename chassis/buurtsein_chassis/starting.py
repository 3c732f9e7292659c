"""Checks before a process starts that it can work: files, port, databases, schema and broker.

An error that a person must correct stops the start with one sentence (`CommandError`). An error that can pass by itself
does not: the process waits for its database, and relay and worker try again and again to reach the broker.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import structlog

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.database import DATABASE_ERRORS
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.kafka_check import refused_by
from buurtsein_chassis.primary import connect
from buurtsein_chassis.sessions import NoSession

log = structlog.get_logger("service")

_UNKNOWN_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def _is_a(kind: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, kind)


_REFUSALS: tuple[tuple[Callable[[BaseException], bool], str], ...] = (
    (lambda error: getattr(error, "errno", None) in _UNKNOWN_HOST, "the name of its host is unknown"),
    (lambda error: isinstance(error, ConnectionError) and "SSL" in str(error), "the server offers no TLS"),
    (_is_a(ValueError), "this is no address such as postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full"),
    (
        _is_a(asyncpg.InvalidCatalogNameError),
        "the server has no database of that name (buurtsein database sql)",
    ),
    (_is_a(asyncpg.InvalidPasswordError), "the server refuses the user or its password"),
    (
        _is_a(asyncpg.InvalidAuthorizationSpecificationError),
        "the server does not let this user in (pg_hba.conf)",
    ),
    (_is_a(asyncpg.InsufficientPrivilegeError), "this user may not connect to this database (buurtsein database sql)"),
    (_is_a(PermissionError), "this process may not read a file or socket that it names"),
)


def refusal_of(error: BaseException) -> str | None:
    """Return why a retry with this DSN cannot succeed; None for an error that can be temporary.

    The message of the driver is shown only when it names a file, because others quote parts of the address.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of the server is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with this server or these certificate files: {error.reason}"
    if isinstance(error, NoSession) or "certificate file" in str(error):
        return str(error)
    return next((sentence for applies, sentence in _REFUSALS if applies(error)), None)


async def reached[T](setting: str, work: Callable[[], Awaitable[T]], give_up_after: float = float("inf")) -> T:
    """Call `work`, which uses a database, until the database is available, and return the result.

    Args:
        setting: the name of the setting with the address, for the message.
        work: the function to call.
        give_up_after: how many seconds the database may be away.

    Raises:
        CommandError: `database`, for an error that does not pass by itself, or when the database was away for too long.
    """
    backoff, begun = Backoff(first=0.2, most=5), time.monotonic()
    while True:
        try:
            return await work()
        except (*DATABASE_ERRORS, ValueError, NoSession) as error:
            if refusal := refusal_of(error):
                raise CommandError("database", f"setting {setting}: {refusal}") from error
            if time.monotonic() - begun >= give_up_after:
                message = f"setting {setting}: the database could not be reached for {give_up_after:g} s"
                raise CommandError("database", f"{message} ({type(error).__name__})") from error
            log.warning("database.awaited", reason=setting, error=type(error).__name__)
        await asyncio.sleep(backoff.next())


async def checked(dsn: str, seconds: float, check: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
    """Call a service's own check with a connection to its database; `seconds` is the timeout of a statement."""
    connection = await connect(dsn, timeout=seconds, command_timeout=seconds)
    try:
        await check(connection)
    finally:
        await connection.close(timeout=seconds)


def require_files(prefix: str, access: KafkaAccess, part: str) -> None:
    """Check that the certificate files for the broker can be used; raise CommandError that names the setting."""
    named = {
        "kafka_ca_file": access.ca_file,
        f"kafka_{part}_certificate_file": access.certificate_file,
        f"kafka_{part}_key_file": access.key_file,
    }
    for name, path in named.items():
        if path:
            _readable(f"{prefix}{name}".upper(), path)
    try:
        access.ssl_context()
    except OSError as error:  # ssl.SSLError is one
        names = ", ".join(f"{prefix}{name}".upper() for name, path in named.items() if path)
        raise CommandError("certificate", f"setting {names}: no usable certificate or key: {error.strerror}") from error


def require_files_of(setting: str, dsn: str) -> None:
    """Check that the certificate files named in a database address can be read; raise CommandError if not."""
    for name, path in parse_qsl(urlsplit(dsn).query):
        if name in {"sslrootcert", "sslcert", "sslkey", "sslcrl"}:
            _readable(f"{setting} ({name})", path)


def require_authorities() -> None:
    """Check that the certificate authorities in the file `SSL_CERT_FILE` can be used; raise CommandError if not."""
    if named := os.environ.get("SSL_CERT_FILE"):
        _readable("SSL_CERT_FILE", named)
        try:
            ssl.create_default_context(cafile=named)
        except ssl.SSLError as error:
            raise CommandError("certificate", f"SSL_CERT_FILE: {named} holds no certificate") from error


def _readable(name: str, path: str) -> None:
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise CommandError("certificate", f"setting {name}: {path} cannot be read: {error.strerror}") from error


async def require_welcome(prefix: str, access: KafkaAccess, part: str) -> None:
    """Check that a broker, if one answers, accepts certificate and password; raise CommandError if it refuses."""
    if refusal := await refused_by(access):
        field = f"{prefix}kafka_{refusal.setting.format(part=part)}".upper()
        raise CommandError("kafka", f"setting {field}: {refusal.sentence}")


def bound(setting: str, host: str, port: int) -> socket.socket:
    """Return a socket that is bound to this address and does not listen yet; raise CommandError if that fails."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        raise CommandError("port", f"setting {setting}: {host} port {port}: {error.strerror}") from error
    return made

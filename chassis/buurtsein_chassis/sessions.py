"""Checks at the start whether a pooler such as PgBouncer lets each database connection keep its own session.

The relay's advisory lock, notifications, prepared statements and settings belong to a session. With a pooler that gives
each transaction another session, two relays could publish at the same time, and later none.
"""

import secrets

import asyncpg

from buurtsein_chassis.primary import connect

ROUNDS = 3
"""The number of checks; while others use the same pooler, one check may get the same session by chance."""
_MARK = "set buurtsein.session = '{mark}'"
_MARKED = "select current_setting('buurtsein.session', true)"
_STATEMENT_GONE = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)


class NoSession(Exception):
    """Raised when a pooler does not keep sessions; the message says what to do."""


async def check_sessions(dsn: str, *, seconds: float) -> None:
    """Check that the database keeps sessions, with two connections at the same time and a third after them.

    Raises:
        NoSession: a session is shared, or is not reset before its next use.
        asyncpg.PostgresError, OSError: the database cannot be reached.
    """
    mark = secrets.token_hex(8)
    try:
        await _side_by_side(dsn, mark, seconds)
        kept = await _marked(dsn, seconds) == mark
    except _STATEMENT_GONE as error:
        raise _shared() from error
    if kept:
        raise NoSession("a pooler gives a session to the next client as the last one left it: let it run DISCARD ALL")


async def _side_by_side(dsn: str, mark: str, seconds: float) -> None:
    one, other = await _connection(dsn, seconds), await _connection(dsn, seconds)
    try:
        for _ in range(ROUNDS):
            await one.execute(_MARK.format(mark=mark))
            async with other.transaction():
                if await other.fetchval(_MARKED) == mark or await one.fetchval(_MARKED) != mark:
                    raise _shared()
        await other.execute(_MARK.format(mark=mark))
    finally:
        await one.close(timeout=seconds)
        await other.close(timeout=seconds)


async def _marked(dsn: str, seconds: float) -> str | None:
    connection = await _connection(dsn, seconds)
    try:
        mark: str | None = await connection.fetchval(_MARKED)
    finally:
        await connection.close(timeout=seconds)
    return mark


async def _connection(dsn: str, seconds: float) -> asyncpg.Connection:
    return await connect(dsn, timeout=seconds, command_timeout=seconds)


def _shared() -> NoSession:
    return NoSession("a pooler shares sessions between transactions: use its session mode, or no pooler")

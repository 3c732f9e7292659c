"""Compares the speed of a command in the chassis with that of a minimal database transaction."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from bench.measure import Reading, timed
from bench.stages import EXAMPLE
from buurtsein_chassis.database import Database, open_pool
from buurtsein_contracts import uuid7
from harness.databases import FreshDatabase, opened


class CommandBench:
    """Measures a command that records one event, and a transaction that writes equal rows, on 8 connections each."""

    def __init__(self, where: FreshDatabase, number: int) -> None:
        self._where = where
        self._number = number

    async def ours(self) -> Reading:
        """Measure commands a second with our library; each writes a state row, an event log row and an outbox row."""
        async with opened(self._where.app) as database:
            return await self._at_eight(lambda: _command(database))

    async def bare(self) -> Reading:
        """Measure a transaction of two SQL statements that writes the same rows as the chassis's command."""
        pool = await open_pool(self._where.app, size=8, command_timeout=10)
        try:
            return await self._at_eight(lambda: _bare_command(pool))
        finally:
            await pool.close()

    async def _at_eight(self, command: Callable[[], Awaitable[None]]) -> Reading:
        async def some() -> None:
            for _ in range(self._number // 8):
                await command()

        async def all_of_them() -> int:
            await asyncio.gather(*(some() for _ in range(8)))
            return self._number // 8 * 8

        await asyncio.gather(*(command() for _ in range(8)))  # opens connections, prepares statements
        return await timed(all_of_them)


async def _command(database: Database) -> None:
    data = EXAMPLE.model_copy(update={"report_id": uuid7()})
    async with database.unit_of_work() as uow:
        await uow.connection.execute(_STATE, data.key, data.to_json())
        await uow.record(data)


_STATE = "insert into state values ($1, $2)"
_EVENT = """
with position as (insert into event_stream values ('bin.incidents', $1, 1)
             on conflict (topic, key) do update set version = event_stream.version + 1 returning version),
logged as (insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
           select $3, 'bin.incidents', $1, version, 't', 's', $1, 'd', now(), $2 from position returning id)
insert into outbox_pending select id from logged
"""


async def _bare_command(pool: asyncpg.Pool) -> None:
    key, document = str(uuid7()), EXAMPLE.to_json()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_STATE, key, document)
        await connection.execute(_EVENT, key, document, uuid7())

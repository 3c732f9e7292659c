"""A projection made again in temporary tables of one database session, beside the tables in use.

The temporary tables have the names of the real ones, and PostgreSQL looks in them first: so the consumer's own code
applies the records to them. When the session ends, whatever the reason, nothing is left of them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
from pydantic import BaseModel

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.inbox import Received
from buurtsein_chassis.projections.declared import Projection
from buurtsein_chassis.subscription import Subscription

LOCK_TIMEOUT = "5s"
"""So long to wait for the consumers' running transactions before giving up; new ones wait meanwhile."""
_CONSUMERS_TABLES = ("inbox", "stream_position", "parked", "dead_letter")

_INCOMPLETE = """select distinct r.key from reached r left join pg_temp.stream_position s using (topic, key)
                 where r.version > coalesce(s.version, 0)"""


class Staging[S: BaseModel]:
    """The temporary tables of one projection; they are compared with the real ones, or put in their place."""

    def __init__(self, connection: asyncpg.Connection, projection: Projection[S]) -> None:
        """Everything happens on this connection, which nobody else uses."""
        self._connection = connection
        self._projection = projection
        self._consumer = Consumer(Subscription.keeping(projection), self, counted=False)

    async def begin(self) -> None:
        """Make the tables; InsufficientPrivilegeError when the role may not make temporary tables."""
        for table in (*_CONSUMERS_TABLES, self._projection.table):
            await self._connection.execute(f"create temporary table {table} (like public.{table} including all)")
        await self._connection.execute("create temporary table reached (topic text, key text, version bigint)")

    async def take(self, records: Sequence[Received]) -> None:
        """Apply records as the consumer does, to the temporary tables."""
        await self._consumer.process(records)

    async def remember(self) -> None:
        """Keep the positions that the consumer has reached now, for `incomplete`."""
        await self._connection.execute("truncate reached")
        await self._connection.execute(
            "insert into reached select topic, key, version from public.stream_position where consumer = $1",
            self._projection.name,
        )

    async def incomplete(self) -> list[str]:
        """The keys of streams that the consumer has followed further, since the records read lack some of theirs."""
        return [row["key"] for row in await self._connection.fetch(f"{_INCOMPLETE} order by key")]

    async def differing(self) -> list[str]:
        """The keys of rows that differ from the temporary ones, or are in one table only.

        Streams that the two have not followed equally far are left out. One statement sees one moment.
        """
        key, table, kept = self._projection.key, self._projection.table, self._projection.kept
        rows = await self._connection.fetch(
            f"""with apart as (
                    select key from (select topic, key, version from public.stream_position where consumer = $1) p
                    full join pg_temp.stream_position s using (topic, key) where p.version is distinct from s.version),
                differing as (
                    select coalesce(live.{key}, staged.{key})::text as key
                    from public.{table} live full join pg_temp.{table} staged using ({key})
                    where ({_columns("live", kept)}) is distinct from ({_columns("staged", kept)}))
                select key from differing where key not in (select key from apart)
                order by key""",  # noqa: S608 # declared names
            self._projection.name,
        )
        return [row["key"] for row in rows]

    async def lock(self) -> None:
        """Keep the consumers of this database from applying anything until the transaction ends.

        Raises LockNotAvailableError when a running transaction takes too long.
        """
        await self._connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        for table in ("inbox", "stream_position"):  # in the order in which a consumer writes them
            await self._connection.execute(f"lock table public.{table} in exclusive mode")

    async def replace(self) -> None:
        """Put the temporary rows and positions in the place of the real ones, but for streams that are incomplete."""
        key, table, kept = self._projection.key, self._projection.table, self._projection.kept
        names, staged = ", ".join(kept), ", ".join(f"staged.{name}" for name in kept)
        changed = ", ".join(f"{name} = excluded.{name}" for name in kept if name != key)
        await self._connection.execute(f"create temporary table left_out on commit drop as {_INCOMPLETE}")
        await self._connection.execute(
            f"""delete from public.{table} live where live.{key}::text not in (select key from left_out)
                and not exists (select from pg_temp.{table} staged where staged.{key} = live.{key})"""  # noqa: S608
        )
        await self._connection.execute(
            f"""insert into public.{table} as live ({names}) select {staged} from pg_temp.{table} staged
                where {key}::text not in (select key from left_out)
                on conflict ({key}) do update set {changed}
                where ({_columns("live", kept)}) is distinct from ({_columns("excluded", kept)})"""  # noqa: S608
        )
        await self._connection.execute(
            """insert into public.stream_position as live (consumer, topic, key, version)
               select $1, topic, key, version from pg_temp.stream_position
               where key not in (select key from left_out)
               on conflict (consumer, topic, key) do update set version = excluded.version
               where live.version < excluded.version""",
            self._projection.name,
        )

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """One transaction of the session; within one that runs already, a savepoint."""
        async with self._connection.transaction():
            yield UnitOfWork(self._connection, "")


def _columns(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)

"""Computes a projection again in temporary tables of one database session, beside the tables in use.

The temporary tables have the names of the real ones, and PostgreSQL finds them first. Therefore the code of the
consumer, unchanged, applies records to them. When the session ends, for any reason, PostgreSQL drops them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
from pydantic import BaseModel

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.inbox import Received
from buurtsein_chassis.projections.declared import Projection
from buurtsein_chassis.projections.held import Held
from buurtsein_chassis.subscription import Subscription

LOCK_TIMEOUT = "5s"
"""How long to wait for the running transactions of the consumers; new transactions wait behind this lock."""
_CONSUMERS_TABLES = ("inbox", "stream_position", "parked", "dead_letter")

_INCOMPLETE = """select distinct r.key from reached r left join pg_temp.stream_position s using (topic, key)
                 where r.version > coalesce(s.version, 0)"""
_REBUILT = """insert into public.projection (name, version, rebuilt_at) values ($1, $2, now())
              on conflict (name) do update set version = excluded.version, rebuilt_at = excluded.rebuilt_at"""


class Staging[S: BaseModel]:
    """The temporary tables in which one projection is computed again, to compare or replace the real rows."""

    def __init__(
        self, connection: asyncpg.Connection, projection: Projection[S], *, leaves_effects: bool = False
    ) -> None:
        """Take a database connection that nothing else uses, and the projection to compute.

        With `leaves_effects`, apply only events that the consumer has applied. The consumer has to apply the other
        events itself, because each of them has an effect that a rebuild does not have.
        """
        self._connection = connection
        self._projection = projection
        self._consumer = Consumer(Subscription.keeping(projection), self, counted=False)
        self._held = Held(connection) if leaves_effects else None

    async def begin(self) -> None:
        """Create the temporary tables; raise InsufficientPrivilegeError when the role may not create any."""
        for table in (*_CONSUMERS_TABLES, self._projection.table):
            await self._connection.execute(f"create temporary table {table} (like public.{table} including all)")
        await self._connection.execute(
            "create temporary table reached (topic text, key text, version bigint, primary key (topic, key))"
        )
        if self._held:
            await self._held.begin()

    async def take(self, records: Sequence[Received]) -> None:
        """Apply records to the temporary tables, as the consumer applies records to the real tables."""
        await self._consumer.process(await self._held.sifted(records) if self._held else records)

    async def remember(self) -> None:
        """Copy the consumer's last applied version of each stream, as it is now, to a temporary table.

        Then apply the held events that the consumer has applied by now.
        """
        await self._connection.execute("truncate reached")
        await self._connection.execute(
            "insert into reached select topic, key, version from public.stream_position where consumer = $1",
            self._projection.name,
        )
        if self._held:
            async for records in self._held.released():
                await self._consumer.process(records)

    async def incomplete(self) -> list[str]:
        """Return the keys of incomplete streams: their consumer applied events that are no longer on the topics."""
        return [row["key"] for row in await self._connection.fetch(f"{_INCOMPLETE} order by key")]

    async def differing(self) -> list[str]:
        """Return the keys of rows that differ between the temporary and the real table, or are missing in one table.

        Streams with different positions are left out. It is one statement, so that it sees one snapshot.
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
        """Lock the consumers' tables until the transaction ends, so that no consumer of this database applies events.

        Raises LockNotAvailableError when a running transaction takes longer than LOCK_TIMEOUT.
        """
        await self._connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        for table in ("inbox", "stream_position"):  # in the order in which a consumer writes them
            await self._connection.execute(f"lock table public.{table} in exclusive mode")

    async def replace(self) -> None:
        """Replace the real rows and last applied versions by the computed ones, except those of incomplete streams.

        Also store that the rows have the declared version of the projection.
        """
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
        await self._connection.execute(_REBUILT, self._projection.name, self._projection.version)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction on the session, or a savepoint when a transaction is open already."""
        async with self._connection.transaction():
            yield UnitOfWork(self._connection, "")


def _columns(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)

"""Reads networks from a topic into a service's projection, without starting the service's process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.database import Database
from buurtsein_chassis.health import Health
from buurtsein_chassis.inbox import receive
from buurtsein_chassis.projections import Projection, tasks
from buurtsein_chassis.projections.rebuild import Progress, Result, rebuild, verify
from buurtsein_chassis.projections.staging import Staging
from buurtsein_chassis.projections.topic_reader import TopicReader, opened_topics
from buurtsein_chassis.projections.worker import ProjectionWorker
from buurtsein_chassis.subscription import Changed, Subscription
from buurtsein_contracts import Event, KnownNetwork, to_kafka
from buurtsein_contracts.testing.records import made
from buurtsein_reports.projections import known_networks
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database, opened
from harness.kafka import access, send_raw

LIFE = ("NetworkApproved", "CoordinatorAppointed", "NetworkRecognised", "BeAlertJoined")
BOXES = replace(known_networks, version=1)
WITH_CODE = replace(
    known_networks,
    version=2,
    columns={**known_networks.columns, "code": "text"},
    values=lambda network: [*known_networks.values(network), network.charter.code if network.charter else None],
)
"""The next version of the projection, with one more column."""
OWNED = """alter table known_network add column code text, add column remark text;
create table visit (network_id uuid references known_network)"""


@dataclass
class Followed:
    """A service's database, and a consumer that reads the topic of networks into this database."""

    servers: RunningServers
    where: FreshDatabase
    database: Database
    reader: TopicReader
    projection: Projection[KnownNetwork]
    changed: Changed[KnownNetwork] | None = None

    @property
    def subscription(self) -> Subscription:
        """Return the subscription of the consumer, with the effect of each change if there is one."""
        return Subscription.keeping(self.projection, self.changed)

    async def send(self, *events: Event[Any]) -> None:
        records = [to_kafka(event) for event in events]
        topic = records[0].topic
        await send_raw(access(self.servers), topic, [(one.key, one.value, one.headers) for one in records])

    async def consume(self) -> None:
        """Let the consumer apply all events on the topic that it has not yet applied."""
        consumer = Consumer(self.subscription, self.database)
        async for records in self.reader.read_on():
            await consumer.process(records)

    async def rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        found = await self.database.pool.fetch(f"select {columns} from known_network order by network_id")
        return [tuple(row) for row in found]

    async def positions(self) -> list[tuple[Any, ...]]:
        found = await self.database.pool.fetch("select key, version from stream_position order by key")
        return [tuple(row) for row in found]

    def worker(self, subscription: Subscription, health: Health) -> ProjectionWorker:
        return ProjectionWorker(
            [subscription], self.database, self.where.app, access(self.servers, "reports-worker"), health
        )

    async def rebuilt(self, progress: Progress | None = None, **options: Any) -> Result:
        return await self._read(lambda *given: rebuild(*given, **options), progress)

    async def verified(self) -> Result:
        return await self._read(verify, None)

    async def _read(self, work: Callable[..., Awaitable[Result]], progress: Progress | None) -> Result:
        session = await asyncpg.connect(self.where.app)
        try:
            async with opened_topics(access(self.servers, "reports-worker"), ["bin.networks"]) as reader:
                staging = Staging(session, self.projection, leaves_effects=self.subscription.has_effects)
                return await work(staging, reader, progress or ignored)
        finally:
            await session.close()


async def ignored(_read: int, _total: int) -> None:
    """Do nothing; this replaces the function to which a rebuild of a projection reports its progress."""


@asynccontextmanager
async def followed(servers: RunningServers, projection: Projection[KnownNetwork]) -> AsyncIterator[Followed]:
    async with AsyncExitStack() as stack:
        where = await stack.enter_async_context(fresh_database(servers, "reports"))
        owner = await asyncpg.connect(where.migrator)
        await owner.execute(OWNED)
        await owner.close()
        database = await stack.enter_async_context(opened(where.app))
        reader = await stack.enter_async_context(opened_topics(access(servers, "reports-worker"), ["bin.networks"]))
        async with database.connection() as connection:
            await tasks.register(connection, [projection])
        yield Followed(servers, where, database, reader, projection)


def life(key: UUID, names: Sequence[str] = LIFE, start: int = 1) -> list[Event[Any]]:
    return [made(name, start + number, network_id=str(key)) for number, name in enumerate(names)]


def amended(key: UUID, sequence: int, name: str) -> Event[Any]:
    return made("NetworkAmended", sequence, network_id=str(key), charter_version=2, changed=["name"], name=name)


async def stale(service: Followed) -> bool:
    async with service.database.connection() as connection:
        [standing] = await tasks.standings(connection, [service.projection])
    return standing.stale


async def names_of(service: Followed) -> dict[UUID, str]:
    return dict(await service.rows("network_id, document -> 'named' ->> 'value'"))


def received(event: Event[Any]) -> Any:
    record = to_kafka(event)
    return receive(record.topic, 0, 10**9, record.headers, record.value)

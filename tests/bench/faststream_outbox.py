"""Measures the library faststream-outbox on the same events as our relay, for comparison."""

import asyncio
import json
import logging
from typing import Any

from faststream.kafka import KafkaBroker
from faststream_outbox import OutboxBroker, make_outbox_table
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bench.measure import Reading, timed
from bench.stages import EXAMPLE, TOPIC
from buurtsein_chassis.kafka import security_of
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase
from harness.kafka import access

QUEUE = "relayed"
quiet = logging.getLogger("quiet")


class FastStreamOutbox:
    """An application that uses faststream-outbox: its table, a subscriber and a Kafka publisher."""

    def __init__(self, servers: RunningServers, where: FreshDatabase, number: int) -> None:
        self._access = access(servers, "registry-relay")
        self._number = number
        self._engine = create_async_engine(where.superuser.replace("postgresql://", "postgresql+asyncpg://"))
        self._metadata = MetaData()
        self._table = make_outbox_table(self._metadata, table_name="faststream_outbox")

    async def run(self) -> Reading:
        """Measure how long faststream-outbox takes to relay rows that are already in its table."""
        async with self._engine.begin() as connection:
            await connection.run_sync(self._metadata.create_all)
        kafka = KafkaBroker(self._access.bootstrap, security=security_of(self._access), acks="all", logger=quiet)
        outbox = OutboxBroker(self._engine, outbox_table=self._table, logger=quiet)
        relayed = kafka.publisher(TOPIC)

        @relayed
        @outbox.subscriber(QUEUE, max_workers=8)
        async def relay(body: dict[str, Any]) -> dict[str, Any]:
            return body

        await self._fill(outbox)

        await kafka.start()

        async def drain() -> int:
            await outbox.start()
            async with self._engine.connect() as connection:
                while await self._left(connection):  # noqa: ASYNC110 # a table sends no signal
                    await asyncio.sleep(0.01)
            return self._number

        reading = await timed(drain)
        await outbox.stop()
        await kafka.stop()
        return reading

    async def _fill(self, outbox: OutboxBroker) -> None:
        body = json.loads(EXAMPLE.to_json())
        async with self._engine.begin() as connection:
            for _ in range(self._number):
                await outbox.publish(body, queue=QUEUE, session=connection)

    async def _left(self, connection: AsyncConnection) -> bool:
        found = (await connection.execute(self._table.select().limit(1))).first()
        await connection.rollback()
        return found is not None

"""Measures how fast the chassis and minimal programs consume a topic, from first record to last effect."""

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from bench.measure import Reading
from bench.stages import EXAMPLE, INBOX_MANY, PROJECT_MANY, project, project_many
from buurtsein_chassis.composition import freeze_startup_objects
from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.kafka import BATCH, Membership, make_broker, security_of, subscribe
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.topics import INCIDENTS
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, opened
from harness.kafka import access, send_raw

DEADLINE = 120


class Progress:
    """Measures from a consumer's first record to its last effect, without connecting and joining the group."""

    def __init__(self, number: int) -> None:
        """Take the number of applied events after which the measurement ends."""
        self._number = number
        self._done = 0
        self._all_done = asyncio.Event()
        self._begun: tuple[float, float] | None = None
        freeze_startup_objects()

    def begin(self) -> None:
        """Start the measurement when the first records arrive; later calls do nothing."""
        self._begun = self._begun or (time.perf_counter(), time.process_time())

    def add(self, number: int) -> None:
        """Add the number of events of a committed transaction to the count."""
        self._done += number
        if self._done >= self._number:
            self._all_done.set()

    async def reading(self) -> Reading:
        """Wait until the last event is applied, and return the measurement."""
        async with asyncio.timeout(DEADLINE):
            await self._all_done.wait()
        wall, cpu = self._begun or (0.0, 0.0)
        return Reading(self._done, time.perf_counter() - wall, time.process_time() - cpu)


class TopicBench:
    """Fills the topic of incidents with events, and measures programs that read this topic from the beginning."""

    def __init__(self, servers: RunningServers, where: FreshDatabase, number: int) -> None:
        self._servers = servers
        self._where = where
        self._number = number
        self._access = access(servers, "notifier-worker")

    async def fill(self) -> None:
        """Send the events to the topic, each about another report."""
        records = []
        for _ in range(self._number):
            data = EXAMPLE.model_copy(update={"report_id": uuid7()})
            record = to_kafka(Event(uuid7(), "urn:be:bin:bench", EXAMPLE.reported_at, 1, data))
            records.append((record.key, record.value, record.headers))
        await send_raw(access(self._servers), INCIDENTS.name, records)

    def _group(self) -> str:
        return f"notifier-worker.{secrets.token_hex(4)}"

    async def at_once(self) -> Reading:
        """Measure the chassis with a projection that applies a whole batch of events at once."""
        return await self._chassis(Subscription(f"bench-{secrets.token_hex(4)}", (INCIDENTS,), project, project_many))

    async def one_by_one(self) -> Reading:
        """Measure the chassis with a handler that is called once for each event."""
        return await self._chassis(Subscription(f"bench-{secrets.token_hex(4)}", (INCIDENTS,), project))

    async def _chassis(self, subscription: Subscription) -> Reading:
        progress = Progress(self._number)
        async with opened(self._where.app) as database:
            consumer = Consumer(subscription, database)

            async def handle(records: Sequence[ConsumerRecord]) -> None:
                progress.begin()
                await consumer.handle(records)
                progress.add(len(records))

            broker = make_broker(self._access, "bench", graceful_timeout=1)
            subscribe(broker, [INCIDENTS.name], self._group(), handle, Membership())
            await broker.start()
            reading = await progress.reading()
            await broker.stop()
        return reading

    async def bare(self) -> Reading:
        """Measure a loop of getmany, validate_json, two SQL statements per batch and a commit, without guarantees."""
        progress = Progress(self._number)
        options = self._access.client_options()
        reader = AIOKafkaConsumer(
            INCIDENTS.name,
            group_id=self._group(),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            **options,
        )
        connection = await asyncpg.connect(self._where.app)
        await reader.start()
        pulling = asyncio.ensure_future(self._pull(reader, connection, progress))
        reading = await progress.reading()
        pulling.cancel()
        await asyncio.gather(pulling, return_exceptions=True)
        await reader.stop()
        await connection.close()
        return reading

    async def _pull(self, reader: AIOKafkaConsumer, connection: asyncpg.Connection, progress: Progress) -> None:
        while True:
            found = await reader.getmany(timeout_ms=200, max_records=BATCH)
            for records in found.values():
                progress.begin()
                incidents = [IncidentReported.model_validate_json(record.value) for record in records]
                async with connection.transaction():
                    await connection.execute(INBOX_MANY, [uuid7() for _ in records])
                    await connection.execute(PROJECT_MANY, *_columns(incidents))
                await reader.commit()
                progress.add(len(records))

    async def plain(self) -> Reading:
        """Measure a plain FastStream subscriber: one transaction and one offset commit per message."""
        progress = Progress(self._number)
        pool = await asyncpg.create_pool(self._where.app, min_size=1, max_size=2)
        quiet = logging.getLogger("quiet")
        broker = KafkaBroker(
            self._access.bootstrap, security=security_of(self._access), consumer_only=True, logger=quiet
        )

        @broker.subscriber(
            INCIDENTS.name,
            group_id=self._group(),
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
        )
        async def handle(incident: IncidentReported) -> None:
            progress.begin()
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(INBOX_MANY, [uuid7()])
                await connection.execute(PROJECT_MANY, *_columns([incident]))
            progress.add(1)

        await broker.start()
        reading = await progress.reading()
        await broker.stop()
        await pool.close()
        return reading


def _columns(incidents: Sequence[IncidentReported]) -> list[list[Any]]:
    return [
        [one.report_id for one in incidents],
        [one.category for one in incidents],
        [one.severity for one in incidents],
    ]

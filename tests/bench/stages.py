"""Measures relay, consumer and command separately, each beside a minimal program with the same effect."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer, ConsumerRecord

from bench.measure import Reading, timed
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.kafka import BATCH, make_producer
from buurtsein_chassis.publisher import Publisher, _attributes
from buurtsein_chassis.relay import _ROWS, Relay
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.envelope import kafka_headers
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.goldens import examples_of
from buurtsein_contracts.testing.records import made
from buurtsein_contracts.topics import NETWORKS
from buurtsein_reports.projections import known_networks
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database, opened
from harness.kafka import access

TOPIC = "bin.networks"
SOURCE = "urn:be:nis:41002:bin:reports"
STREAMS = 200
EXAMPLE = IncidentReported.model_validate_json(examples_of(IncidentReported)[0])
SEED = """
with new as (
    insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at,
                           correlation_id, traceparent, data)
    select gen_random_uuid(), 'bin.networks', gen_random_uuid()::text, 1, 'be.bin.incident.reported.v1',
           'urn:be:nis:41002:bin:reports', gen_random_uuid()::text,
           'urn:buurtsein:schema:be.bin.incident.reported.v1:1.0.0', now(), gen_random_uuid()::text,
           '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', $2::json
    from generate_series(1, $1::int)
    returning id
)
insert into outbox_pending select id from new
"""
TABLES = """
create table bare_projection (key uuid primary key, category text not null, severity text not null);
create table state (key text not null, document json not null);
create table known_network (network_id uuid primary key, schema smallint not null default 1, document jsonb not null,
                            west float8, south float8, east float8, north float8);
"""


@asynccontextmanager
async def bench_database(servers: RunningServers) -> AsyncIterator[FreshDatabase]:
    """Yield a new database that also has the benchmarks' own tables."""
    async with fresh_database(servers, "registry") as where:
        connection = await asyncpg.connect(where.migrator)
        await connection.execute(TABLES)
        await connection.close()
        yield where


async def seed_outbox(where: FreshDatabase, number: int) -> None:
    """Insert a number of events into the event log and the outbox."""
    connection = await asyncpg.connect(where.superuser)
    await connection.execute(SEED, number, EXAMPLE.to_json())
    await connection.execute("analyze event_log; analyze outbox_pending")
    await connection.close()


class RelayBench:
    """Measures our relay, a minimal relay, and a Kafka producer alone, on the same events."""

    def __init__(self, servers: RunningServers, where: FreshDatabase, number: int) -> None:
        self._access = access(servers, "registry-relay")
        self._where = where
        self._number = number

    async def ours(self) -> Reading:
        """Measure the chassis's relay while it publishes all rows of the outbox."""
        await seed_outbox(self._where, self._number)
        relay = Relay(self._where.relay, lambda: make_producer(self._access, "bench"))
        backoff = Backoff(first=1, most=1)
        connection = await asyncpg.connect(self._where.relay)
        producer = make_producer(self._access, "bench")
        await producer.start()

        async def drain() -> int:
            await relay._drain(connection, Publisher(producer), backoff)
            return self._number

        reading = await timed(drain)
        await producer.stop()
        await connection.close()
        return reading

    async def bare(self) -> Reading:
        """Measure a loop that selects 500 outbox rows, sends them, waits for acknowledgements and deletes them."""
        await seed_outbox(self._where, self._number)
        connection = await asyncpg.connect(self._where.relay)
        producer = make_producer(self._access, "bench")
        await producer.start()

        async def drain() -> int:
            done = 0
            while rows := await connection.fetch(_ROWS, 0, 500, [], 0):
                await asyncio.gather(*[await _send(producer, row) for row in rows])
                await connection.execute("delete from outbox_pending where id = any($1)", [row["id"] for row in rows])
                done += len(rows)
            return done

        reading = await timed(drain)
        await producer.stop()
        await connection.close()
        return reading

    async def raw(self) -> Reading:
        """Measure how fast a Kafka producer alone sends records, without a database, 500 at a time."""
        record = to_kafka(Event(uuid7(), "urn:be:nis:41002:bin:reports", EXAMPLE.reported_at, 1, EXAMPLE))
        keys = [secrets.token_hex(18).encode() for _ in range(self._number)]
        producer = make_producer(self._access, "bench")
        await producer.start()

        async def produce() -> int:
            for start in range(0, self._number, 500):
                batch = keys[start : start + 500]
                sends = [await producer.send(TOPIC, key=k, value=record.value, headers=record.headers) for k in batch]
                await asyncio.gather(*sends)
            return self._number

        reading = await timed(produce)
        await producer.stop()
        return reading


async def _send(producer: AIOKafkaProducer, row: Any) -> Any:
    headers = kafka_headers(_attributes(row))
    return await producer.send(row["topic"], key=row["key"].encode(), value=row["value"], headers=headers)


class ConsumerBench:
    """Measures the chassis's consumer and a minimal consumer on the same events, in batches of 500."""

    def __init__(self, where: FreshDatabase, number: int) -> None:
        self._where = where
        self._number = number

    def _records(self, number: int) -> list[list[ConsumerRecord]]:
        """Return batches of 500 records of 200 streams, as the broker would deliver them."""
        streams = [EXAMPLE.model_copy(update={"report_id": uuid7()}) for _ in range(STREAMS)]
        records = [
            _consumed(n, Event(uuid7(), SOURCE, EXAMPLE.reported_at, n // STREAMS + 1, streams[n % STREAMS]))
            for n in range(number)
        ]
        return [records[start : start + BATCH] for start in range(0, number, BATCH)]

    async def ours(self) -> Reading:
        """Measure the chassis's consumer, which parses, checks inbox and version, and writes each event."""
        return await self.shared_by(1)

    async def projection(self) -> Reading:
        """Measure the chassis's consumer with the projection `known_networks`, which applies a batch at once."""
        events = [made("NetworkApproved", 1, network_id=str(uuid7())) for _ in range(STREAMS)]
        renamed = made("NetworkAmended", 1, changed=["name"], name="BIN Nieuwe naam").data
        for number in range(STREAMS, self._number):
            data = renamed.model_copy(update={"network_id": events[number % STREAMS].data.network_id})
            events.append(Event(uuid7(), SOURCE, EXAMPLE.reported_at, number // STREAMS + 1, data))
        records = [_consumed(offset, event) for offset, event in enumerate(events)]
        known = replace(known_networks, name=f"bench-{secrets.token_hex(4)}")
        async with opened(self._where.app) as database:
            consumer = Consumer(Subscription.keeping(known), database)

            async def consume() -> int:
                for start in range(0, len(records), BATCH):
                    await consumer.handle(records[start : start + BATCH])
                return len(records)

            return await timed(consume)

    async def shared_by(self, consumers: int) -> Reading:
        """Measure several consumers at the same time on one database; each one gets an equal share of the events."""
        each = self._number // consumers
        work = [self._records(each) for _ in range(consumers)]
        async with opened(self._where.app) as database:

            async def consume(batches: list[list[ConsumerRecord]]) -> None:
                name = f"bench-{secrets.token_hex(4)}"
                consumer = Consumer(Subscription(name, (NETWORKS,), project, project_many), database)
                for batch in batches:
                    await consumer.handle(batch)

            async def all_of_them() -> int:
                await asyncio.gather(*(consume(batches) for batches in work))
                return each * consumers

            return await timed(all_of_them)

    async def bare(self) -> Reading:
        """Measure a consumer of two SQL statements per batch, which write inbox and projection with unnest."""
        ids = [uuid7() for _ in range(self._number)]
        rows = [(number, "inbraak", "Severe") for number in ids]
        batches = [rows[start : start + BATCH] for start in range(0, self._number, BATCH)]
        connection = await asyncpg.connect(self._where.app)

        async def consume() -> int:
            for batch in batches:
                ids, categories, severities = map(list, zip(*batch, strict=True))
                async with connection.transaction():
                    await connection.execute(INBOX_MANY, ids)
                    await connection.execute(PROJECT_MANY, ids, categories, severities)
            return self._number

        reading = await timed(consume)
        await connection.close()
        return reading


def _consumed(offset: int, event: Event[Any]) -> ConsumerRecord:
    sent = to_kafka(event)
    size = len(sent.value)
    return ConsumerRecord(sent.topic, 0, offset, 0, 0, sent.key, sent.value, None, len(sent.key), size, sent.headers)


INBOX_MANY = "insert into inbox select 'bare', unnest($1::uuid[]) on conflict do nothing"
PROJECT_MANY = """
insert into bare_projection select * from unnest($1::uuid[], $2::text[], $3::text[])
on conflict (key) do update set category = excluded.category, severity = excluded.severity
"""


async def project(event: Any, uow: Any) -> None:
    await project_many([event], uow)


async def project_many(events: Sequence[Any], uow: Any) -> None:
    ids, categories, severities = [], [], []
    for event in events:
        ids.append(event.id)
        categories.append(event.data.category)
        severities.append(event.data.severity)
    await uow.connection.execute(PROJECT_MANY, ids, categories, severities)

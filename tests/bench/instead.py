"""What a user would pick instead, on the same servers: faststream-outbox, and a plain subscriber that commits each."""

import asyncio
import logging
import secrets

import asyncpg
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512

from bench.measure import Reading, interleaved, rate, timed
from bench.stages import EXAMPLE, ConsumerBench, RelayBench
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.events import IncidentReported
from buurtsein_deploy.servers import RunningServers
from harness.databases import FreshDatabase
from harness.kafka import access, send_raw

NUMBER = 1_000
TOPIC = "bin.incidents"


class PlainSubscriber:
    """FastStream's own way: a typed subscriber, one transaction and one offset commit for each message."""

    def __init__(self, servers: RunningServers, where: FreshDatabase) -> None:
        self._servers = servers
        self._where = where

    async def run(self) -> Reading:
        """Consume so many messages that are already there."""
        pool = await asyncpg.create_pool(self._where.app, min_size=1, max_size=2)
        done = asyncio.Event()
        count = 0
        who = access(self._servers, "notifier-worker")
        security = SASLScram512(username=who.username, password=who.password, use_ssl=False)
        broker = KafkaBroker(who.bootstrap, security=security, consumer_only=True, logger=logging.getLogger("quiet"))

        @broker.subscriber(
            TOPIC,
            group_id=f"notifier-worker.{secrets.token_hex(4)}",
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
        )
        async def handle(incident: IncidentReported) -> None:
            nonlocal count
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("insert into inbox values ('plain', $1) on conflict do nothing", uuid7())
                await connection.execute(
                    "insert into projection values ($1, $2, $3) on conflict (key) do nothing",
                    incident.report_id,
                    incident.category,
                    incident.severity,
                )
            count += 1
            if count >= NUMBER:
                done.set()

        async def consume() -> int:
            await broker.start()
            await asyncio.wait_for(done.wait(), 120)
            return count

        reading = await timed(consume)
        await broker.stop()
        await pool.close()
        return reading


async def consumer_instead(servers: RunningServers, where: FreshDatabase) -> list[tuple[str, float, float, float]]:
    """The chassis' consumer against a plain FastStream subscriber."""
    records = []
    for _ in range(NUMBER):
        data = EXAMPLE.model_copy(update={"report_id": uuid7()})
        record = to_kafka(Event(uuid7(), "urn:be:bin:bench", EXAMPLE.reported_at, 1, data))
        records.append((record.key, record.value, record.headers))
    await send_raw(access(servers), TOPIC, records)
    ours = ConsumerBench(where, NUMBER)
    readings = await interleaved({"ours": ours.ours, "plain": PlainSubscriber(servers, where).run}, runs=3)
    return [("consumer / plain FastStream subscriber", rate(readings["ours"]), rate(readings["plain"]), 1.0)]


async def outbox_instead(servers: RunningServers, where: FreshDatabase) -> list[tuple[str, float, float, float]]:
    """The chassis' relay against faststream-outbox."""
    from bench.faststream_outbox import FastStreamOutbox  # noqa: PLC0415

    relay, other = RelayBench(servers, where, NUMBER), FastStreamOutbox(servers, where, NUMBER)
    readings = await interleaved({"ours": relay.ours, "other": other.run}, runs=3)
    return [("relay / faststream-outbox", rate(readings["ours"]), rate(readings["other"]), 1.0)]

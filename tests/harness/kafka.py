"""Reading and writing Kafka as somebody: with raw records, and to the end."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from buurtsein_chassis.kafka import KafkaAccess
from buurtsein_deploy.servers import RunningServers


def access(servers: RunningServers, principal: str = "admin") -> KafkaAccess:
    """How a principal of the test cluster reaches it."""
    who = servers.principals[principal]
    return KafkaAccess(servers.bootstrap, who.username, who.password, encrypted=False)


async def all_records(as_whom: KafkaAccess, topic: str) -> list[ConsumerRecord]:
    """Every record on a topic, in order within each partition."""
    consumer = AIOKafkaConsumer(auto_offset_reset="earliest", enable_auto_commit=False, **as_whom.client_options())
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in await _partitions(consumer, topic)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        records: list[ConsumerRecord] = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            batches = await consumer.getmany(timeout_ms=500)
            records += [record for batch in batches.values() for record in batch]
        return records
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.force_metadata_update()
    consumer.subscribe([topic])
    for _ in range(50):
        if found := consumer.partitions_for_topic(topic):
            consumer.unsubscribe()
            return set(found)
        await asyncio.sleep(0.1)
    raise AssertionError(f"no such topic: {topic}")


async def send_raw(
    as_whom: KafkaAccess, topic: str, records: Sequence[tuple[bytes | None, bytes | None, Sequence[tuple[str, Any]]]]
) -> None:
    """Send (key, value, headers) as they are."""
    producer = AIOKafkaProducer(acks="all", **as_whom.client_options())
    await producer.start()
    try:
        for key, value, headers in records:
            await producer.send_and_wait(topic, key=key, value=value, headers=list(headers))
    finally:
        await producer.stop()

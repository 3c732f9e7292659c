"""Reads and writes Kafka as a given user: sends raw records, and reads topics up to their end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import confluent_kafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)

from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_stack.servers import RunningServers
from harness.waiting import wait_until


def access(servers: RunningServers, principal: str = "admin") -> KafkaAccess:
    """Return the settings with which a Kafka user connects to the test cluster."""
    who = servers.principals[principal]
    return KafkaAccess(servers.bootstrap, who.username, who.password, encrypted=False)


async def all_records(as_whom: KafkaAccess, topic: str) -> list[ConsumerRecord]:
    """Return every record on a topic, in order within each partition."""
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


async def begin_at_the_end(as_whom: KafkaAccess, group: str, topic: str) -> None:
    """Set the offsets of an empty consumer group to the current end of a topic."""
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **as_whom.client_options())
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in await _partitions(consumer, topic)]
        consumer.assign(partitions)
        await consumer.commit(await consumer.end_offsets(partitions))
    finally:
        await consumer.stop()


async def wait_until_read(as_whom: KafkaAccess, group: str, topic: str, seconds: float) -> None:
    """Wait until a consumer group has committed the end offset of every partition."""
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **as_whom.client_options())
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in await _partitions(consumer, topic)]

        async def read() -> bool:
            ends = await consumer.end_offsets(partitions)
            return all([(await consumer.committed(partition) or 0) >= end for partition, end in ends.items()])

        await wait_until(f"{group} has read {topic} to its end", read, seconds)
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    """Return a topic's partitions from the metadata: subscribing would make the client join a consumer group."""

    async def found() -> set[int]:
        return set((await consumer._client.fetch_all_metadata()).partitions_for_topic(topic) or ())

    numbers: set[int] = await wait_until(f"topic {topic}", found, 10)
    return numbers


async def send_raw(
    as_whom: KafkaAccess, topic: str, records: Sequence[tuple[bytes | None, bytes | None, Sequence[tuple[str, Any]]]]
) -> list[tuple[int, int]]:
    """Send records (key, value, headers) unchanged to a topic; return each record's partition and offset."""
    producer = AIOKafkaProducer(acks="all", **as_whom.client_options())
    await producer.start()
    try:
        places = [
            await producer.send_and_wait(topic, key=key, value=value, headers=list(headers))
            for key, value, headers in records
        ]
    finally:
        await producer.stop()
    return [(place.partition, place.offset) for place in places]


@asynccontextmanager
async def messages_of_at_most(servers: Any, topic: str, size: int) -> AsyncIterator[None]:
    """Make the topic refuse records of more than `size` bytes during the `with` block."""
    admin, setting = servers.kafka.cluster().admin, "max.message.bytes"

    def change(value: str) -> None:
        entry = ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
        [done] = admin.incremental_alter_configs(
            [ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])]
        ).values()
        done.result(10)

    [described] = admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]).values()
    before = (await asyncio.to_thread(described.result, 10))[setting].value
    await asyncio.to_thread(change, str(size))
    try:
        yield
    finally:
        await asyncio.to_thread(change, before)


async def topics_deleted_and_made_anew(servers: Any, *topics: str) -> None:
    """Delete the topics and create them again, as after the loss of a cluster."""
    cluster = servers.kafka.cluster()
    for future in cluster.admin.delete_topics(list(topics), operation_timeout=20).values():
        await asyncio.to_thread(future.result, 20)
    for _ in range(100):
        if not set(topics) & set(cluster.admin.list_topics(timeout=5).topics):
            break
        await asyncio.sleep(0.1)
    await asyncio.to_thread(servers.start)


def emptied(servers: Any, topic: str) -> None:
    """Delete all records of a topic."""
    admin = servers.kafka.cluster().admin
    numbers = admin.list_topics(topic, timeout=10).topics[topic].partitions
    ends = [confluent_kafka.TopicPartition(topic, number, confluent_kafka.OFFSET_END) for number in numbers]
    for future in admin.delete_records(ends).values():
        future.result(10)


def good(key: Any, sequence: int, text: str = "1") -> tuple[bytes, bytes, list[tuple[str, Any]]]:
    """Return key, value and headers of a valid record about a network."""
    data = BeAlertJoined.model_validate(
        {"network_id": key, "agreement_version": text, "actor": "p" + "0" * 32, "joined_at": "2026-11-24T08:00:00Z"}
    )
    record = to_kafka(Event(uuid7(), "urn:be:bin:test", data.joined_at, sequence, data))
    return record.key, record.value, list(record.headers)


@asynccontextmanager
async def right_taken_away(servers: Any, principal: str) -> AsyncIterator[None]:
    """Delete all access rules of a Kafka user, and restore the rules after the `with` block."""
    admin = servers.kafka.cluster().admin
    anything: Any = None
    rules = AclBindingFilter(
        ResourceType.ANY,
        anything,
        ResourcePatternType.ANY,
        f"User:{principal}",
        anything,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    [deleted] = admin.delete_acls([rules]).values()
    bindings = await asyncio.to_thread(deleted.result, 20)
    try:
        yield
    finally:
        for future in admin.create_acls(bindings).values():
            await asyncio.to_thread(future.result, 20)

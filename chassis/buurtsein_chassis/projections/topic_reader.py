"""Reads topics from their beginning without a consumer group, so that no committed offsets change."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from buurtsein_chassis.inbox import Received, receive
from buurtsein_chassis.kafka import BATCH
from buurtsein_chassis.kafka_access import KafkaAccess

STALLED_SECONDS = 30.0
"""The seconds without a record after which reading fails, although the broker has more records."""


class TopicReader:
    """Reads topics in steps: each call of `read_on` continues at the last record and reads up to the present ends."""

    def __init__(self, client: AIOKafkaConsumer) -> None:
        """Take a started Kafka client without a group, to which all partitions of the topics are assigned."""
        self._client = client
        self.read = 0
        """The number of records read so far."""
        self.total = 0
        """The number of records from the beginning up to the ends to which the last `read_on` reads."""

    async def read_on(self) -> AsyncIterator[Sequence[Received]]:
        """Yield the records up to the topics' present ends, in batches; raise TimeoutError if the broker is silent."""
        ends: dict[TopicPartition, int] = await self._client.end_offsets(self._client.assignment())
        self.total = self.read + await self._left(ends)
        while await self._left(ends):
            async with asyncio.timeout(STALLED_SECONDS):
                found = await self._client.getmany(timeout_ms=int(STALLED_SECONDS * 1000), max_records=BATCH)
            records = [one for batch in found.values() for one in batch]
            if not records:
                raise TimeoutError("the broker gives no records")
            self.read += len(records)
            self.total = max(self.total, self.read)  # a batch may hold records that came after the ends were asked
            yield [receive(one.topic, one.partition, one.offset, one.headers, one.value) for one in records]

    async def _left(self, ends: dict[TopicPartition, int]) -> int:
        return sum([max(0, end - await self._client.position(partition)) for partition, end in ends.items()])


@asynccontextmanager
async def opened_topics(access: KafkaAccess, topics: Sequence[str]) -> AsyncIterator[TopicReader]:
    """Yield a reader at the beginning of these topics; raise KafkaError when the broker refuses."""
    client = AIOKafkaConsumer(
        *topics, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", **access.client_options()
    )
    await client.start()
    try:
        yield TopicReader(client)
    finally:
        await client.stop()

"""On a real broker, a consumer loses no records when the client fails or stops in the middle of a batch."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import TopicAuthorizationFailedError

from buurtsein_chassis.kafka import Membership, make_broker, subscribe
from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.kafka import access, begin_at_the_end, good, send_raw
from harness.waiting import wait_until

TOPIC = "bin.networks"


class Interrupted:
    """Kafka's client, which can be interrupted when it is asked for more records of a batch."""

    def __init__(self) -> None:
        self.client: AIOKafkaConsumer
        self.errors: list[Exception] = []
        self.hangs = False
        self.hanging = asyncio.Event()

    async def getmany(self, *, timeout_ms: int, max_records: int) -> Any:
        """Return records, as the client does; when asked for more at once, raise an error or hang."""
        if timeout_ms == 0 and self.errors:
            raise self.errors.pop()
        if timeout_ms == 0 and self.hangs:
            self.hanging.set()
            await asyncio.Event().wait()
        return await self.client.getmany(timeout_ms=timeout_ms, max_records=max_records)


@asynccontextmanager
async def reading(servers: RunningServers, group: str, seen: list[bytes], client: Interrupted) -> AsyncIterator[None]:
    async def handle(records: Sequence[ConsumerRecord]) -> None:
        seen.extend(record.key for record in records)

    broker = make_broker(access(servers), "test", graceful_timeout=2)
    listening = subscribe(broker, [TOPIC], group, handle, Membership())
    whole_batch = listening.get_msg

    async def interrupted(consumer: AIOKafkaConsumer) -> Any:
        client.client = consumer
        return await whole_batch(client)

    listening.get_msg = interrupted  # type: ignore[method-assign]
    await broker.start()
    try:
        yield
    finally:
        await broker.stop()


async def new_group(servers: RunningServers) -> str:
    group = f"test.{uuid7()}"
    await begin_at_the_end(access(servers), group, TOPIC)
    return group


async def send(servers: RunningServers) -> bytes:
    key, value, headers = good(uuid7(), 1)
    await send_raw(access(servers), TOPIC, [(key, value, headers)])
    return key


async def wait_for_keys(seen: list[bytes], *keys: bytes) -> None:
    async def all_seen() -> bool:
        return set(keys) <= set(seen)

    await wait_until("the records reach the consumer", all_seen)


async def test_a_fetch_error_in_the_middle_of_a_batch_loses_no_records(servers: RunningServers) -> None:
    seen: list[bytes] = []
    client = Interrupted()
    client.errors.append(TopicAuthorizationFailedError(TOPIC))
    async with reading(servers, await new_group(servers), seen, client):
        first = await send(servers)
        await wait_for_keys(seen, first)
        await wait_for_keys(seen, await send(servers))
    assert client.errors == []


async def test_a_batch_that_is_half_read_at_shutdown_is_read_again(servers: RunningServers) -> None:
    group, seen = await new_group(servers), list[bytes]()
    stopping = Interrupted()
    stopping.hangs = True
    async with reading(servers, group, seen, stopping):
        first = await send(servers)
        await stopping.hanging.wait()
    assert seen == []
    async with reading(servers, group, seen, Interrupted()):
        await wait_for_keys(seen, first, await send(servers))

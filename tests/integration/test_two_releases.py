"""Workers of two releases run side by side during an upgrade, or one after the other after a rollback."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from integration.projection_scene import BOXES, WITH_CODE, Followed, amended, followed, life, names_of, received, stale

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.documents import UnknownSchema
from buurtsein_chassis.kafka import Membership, make_broker, subscribe
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import uuid7
from buurtsein_contracts.topics import INCIDENTS, NETWORKS
from buurtsein_stack.servers import RunningServers
from harness.kafka import access
from harness.waiting import wait_until


@pytest.fixture
async def service(servers: RunningServers) -> AsyncIterator[Followed]:
    """Yield a service that has read some networks with the first version of its projection."""
    async with followed(servers, BOXES) as one:
        await one.send(*life(uuid7()), *life(uuid7()))
        await one.consume()
        yield one


async def test_after_a_rollback_rows_of_the_later_release_are_stale_too(service: Followed) -> None:
    service.projection = WITH_CODE
    await service.rebuilt()
    service.projection = BOXES
    assert await stale(service)
    await service.rebuilt()
    assert not await stale(service)


async def test_an_event_waits_while_a_later_release_has_stored_the_row_of_its_stream(service: Followed) -> None:
    key, other = uuid7(), uuid7()
    await service.send(*life(key))
    await service.consume()
    await service.database.pool.execute("update known_network set schema = 2 where network_id = $1", key)
    consumer = Consumer(Subscription.keeping(service.projection), service.database)
    events = [received(amended(key, 5, "BIN Nieuwe naam")), received(life(other)[0])]
    with pytest.raises(UnknownSchema):
        await consumer.process(events)
    dead = "select count(*) from dead_letter where key = any($1)"
    assert await service.database.pool.fetchval(dead, [str(key), str(other)]) == 0

    await service.database.pool.execute("update known_network set schema = 1 where network_id = $1", key)
    await consumer.process(events)
    assert (await names_of(service))[key] == "BIN Nieuwe naam"


async def no_effect(_: Sequence[ConsumerRecord]) -> None:
    """Apply no event; this function replaces the real handler of the consumer."""


@pytest.mark.parametrize("first", [(NETWORKS,), (NETWORKS, INCIDENTS)], ids=["old-leads", "new-leads"])
async def test_a_group_with_one_topic_more_in_the_later_release_reads_every_partition_once(
    servers: RunningServers, first: Sequence[Any]
) -> None:
    """The member that joined first is the group's leader, which assigns the partitions to the members."""
    second = (NETWORKS, INCIDENTS) if len(first) == 1 else (NETWORKS,)
    group = f"notifier-worker.releases-{secrets.token_hex(4)}"
    every = [TopicPartition(topic.name, n) for topic in (NETWORKS, INCIDENTS) for n in range(topic.partitions)]
    async with AsyncExitStack() as stack:
        members = []
        for topics in (first, second):
            broker = make_broker(access(servers, "notifier-worker"), "test", graceful_timeout=1)
            names = [topic.name for topic in topics]
            members.append((names, subscribe(broker, names, group, no_effect, Membership())))
            stack.push_async_callback(broker.stop)
            await broker.start()

        async def divided() -> bool:
            parts = [set(member.consumer.assignment()) if member.consumer else set() for _, member in members]
            own = all(part.topic in names for (names, _), mine in zip(members, parts, strict=True) for part in mine)
            return own and sorted([part for mine in parts for part in mine]) == sorted(every) and all(parts)

        await wait_until("every partition has one reader, of its own topics", divided, 30)

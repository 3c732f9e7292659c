"""Each test switches one mechanism of the chassis off, and shows the fault that this mechanism prevents.

The notifier's lease token is switched off where its deliveries are tested.
"""

import asyncio
import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.evidence import Step
from harness.kafka import access, good, send_raw
from harness.ledger import Ledger
from harness.load import load
from harness.waiting import wait_until

pytestmark = pytest.mark.thorough

TOPIC = "bin.networks"


async def versions(ledger: Ledger, key: Any) -> list[int]:
    rows = await ledger.connection.fetch("select version from applied where key = $1 order by id", str(key))
    return [row["version"] for row in rows]


async def seen(ledger: Ledger, key: Any, number: int) -> list[int]:
    """Wait until a number of versions of a stream are applied, and return the applied versions."""

    async def enough() -> bool:
        return len(await versions(ledger, key)) >= number

    await wait_until(f"{number} effects of one key", enough, 30)
    return await versions(ledger, key)


async def test_without_the_inbox_a_duplicate_of_a_failed_event_is_applied(ledger: Ledger) -> None:
    """A failed event does not raise the stream's version, so that only the inbox table recognises a duplicate."""
    dead, after = good(uuid7(), 1, "poison"), uuid7()
    assert await _dead_letters(ledger, [], dead, after) == 1
    await _ended(ledger)
    assert await _dead_letters(ledger, ["inbox"], good(uuid7(), 1, "poison"), uuid7()) == 1 + 2


async def _dead_letters(ledger: Ledger, without: Sequence[str], dead: Any, after: Any) -> int:
    """Send a record that cannot be applied two times, and return how many dead letters the consumer makes of it."""
    await ledger.send(dead)
    await ledger.up("worker", without=without)
    await ledger.settled()
    await ledger.send(dead, good(after, 1))
    await seen(ledger, after, 1)
    await ledger.settled()
    return await ledger.count("dead_letter")


async def _ended(ledger: Ledger) -> None:
    for running in ledger.running:
        await asyncio.to_thread(running.kill)


@pytest.mark.parametrize("gone", ["inbox", "version check"])
async def test_inbox_and_version_check_each_drop_a_duplicate_of_an_applied_event(ledger: Ledger, gone: str) -> None:
    await ledger.up("worker", without=[gone])
    record = good(uuid7(), 1)
    await ledger.send(record)
    await ledger.settled()
    await ledger.send(record)
    await ledger.check()


async def test_without_both_a_duplicate_is_applied_twice(ledger: Ledger) -> None:
    await ledger.up("worker", without=["inbox", "version check"])
    record = good(uuid7(), 1)
    await ledger.send(record)
    await ledger.settled()
    await ledger.send(record)
    with pytest.raises(AssertionError, match="'twice': 1"):
        await ledger.check()


async def test_without_the_version_check_effects_are_out_of_order(ledger: Ledger, servers: RunningServers) -> None:
    key = uuid7()
    await send_raw(access(servers), TOPIC, [good(key, 2), good(key, 1)])
    await ledger.up("worker", without=["version check"])
    assert await seen(ledger, key, 2) == [2, 1]


async def test_without_parking_early_events_are_lost(ledger: Ledger, servers: RunningServers) -> None:
    key, after = uuid7(), uuid7()
    await ledger.up("worker", without=["parking"])
    await send_raw(access(servers), TOPIC, [good(key, 2)])
    await send_raw(access(servers), TOPIC, [good(after, 1)])
    await seen(ledger, after, 1)
    await send_raw(access(servers), TOPIC, [good(key, 1)])
    assert await seen(ledger, key, 1) == [1]
    await send_raw(access(servers), TOPIC, [good(after, 2)])
    await seen(ledger, after, 2)
    assert await versions(ledger, key) == [1]


async def test_without_the_advisory_lock_a_stream_on_the_topic_goes_back(ledger: Ledger) -> None:
    """Without the lock several relays publish the same outbox rows, so that events are on the topic more than once.

    The ledger stays right, because first records are in order and consumers drop duplicates. But on the topic a stream
    goes back to earlier versions, which a consumer without an inbox would apply again.
    """
    api = await ledger.up("api", "worker")
    for _ in range(3):
        await ledger.up("relay", without=["advisory lock"])
    await load(ledger, api.url).run(300, at_once=30, pause=0)
    figures = await ledger.check()
    assert figures["republished"] > 0
    assert _steps_back(await ledger.wire()) > 0


def _steps_back(wire: Sequence[Step]) -> int:
    last: dict[str, int] = {}
    wrong = 0
    for step in wire:
        wrong += step.version < last.get(step.key, 0)
        last[step.key] = step.version
    return wrong


async def test_without_waiting_for_the_acknowledgement_a_crash_loses_events(ledger: Ledger) -> None:
    api = await ledger.up("api")
    await load(ledger, api.url).run(20)
    relay = ledger.start("relay", env={"BUURTSEIN_CRASH_AT": "relay.deleted"}, without=["delete after acknowledgement"])
    assert relay.exit_code() == 137
    await ledger.up("relay", "worker")
    assert (await ledger.published()).total() == 0
    with pytest.raises(AssertionError, match="'lost': 20"):
        await ledger.check()


async def test_without_nack_a_batch_that_failed_is_skipped(ledger: Ledger, servers: RunningServers) -> None:
    """A table is missing for a moment: with NACK the batch is read again, without it the offset is committed."""
    key, after = uuid7(), uuid7()
    await ledger.connection.execute("alter table inbox rename to inbox_away")
    [(partition, offset)] = await send_raw(access(servers), TOPIC, [good(key, 1)])
    await ledger.up("worker", without=["negative acknowledgement"])
    place = TopicPartition(TOPIC, partition)
    await wait_until("its offset moved", partial(_passed, ledger, servers, place, offset), 30)
    await ledger.connection.execute("alter table inbox_away rename to inbox")
    await send_raw(access(servers), TOPIC, [good(after, 1)])
    await seen(ledger, after, 1)
    assert await versions(ledger, key) == []


async def _passed(ledger: Ledger, servers: RunningServers, place: TopicPartition, offset: int) -> bool:
    """Return whether the group committed an offset past this record, although the record was not applied."""
    group = f"reports-worker.{ledger.consumer}"
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **access(servers).client_options())
    await consumer.start()
    try:
        return (await consumer.committed(place) or 0) > offset
    finally:
        await consumer.stop()


async def test_without_the_header_parser_one_bad_header_loses_its_neighbours(
    ledger: Ledger, servers: RunningServers
) -> None:
    key, after = uuid7(), uuid7()
    neighbours = [good(key, number) for number in range(1, 6)]
    record_key, value, headers = good(key, 6)
    await send_raw(access(servers), TOPIC, [*neighbours, (record_key, value, [*headers, ("x-old", b"\xff\xfe")])])
    await ledger.up("worker", without=["header parser"])
    marker = secrets.token_hex(2)

    async def goes_on() -> bool:
        """Send one more event; the first ones may be lost too, in one batch with the bad header."""
        await send_raw(access(servers), TOPIC, [good(after, 1, marker)])
        return await versions(ledger, after) == [1]

    await wait_until("the consumer goes on", goes_on, 30)
    assert await versions(ledger, key) != [1, 2, 3, 4, 5, 6]

"""Each mechanism is switched off once, and the ledger sees it: none of them is there for show."""

import secrets
from functools import partial
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from buurtsein_contracts import uuid7
from buurtsein_deploy.servers import RunningServers
from harness.kafka import access, good, send_raw
from harness.ledger import Ledger
from harness.load import load
from harness.waiting import wait_until

pytestmark = pytest.mark.thorough

TOPIC = "bin.networks"


def sabotaged(name: str, **more: str) -> dict[str, str]:
    return {"LEDGER_SABOTAGE": name} | more


async def versions(ledger: Ledger, key: Any) -> list[int]:
    rows = await ledger.connection.fetch("select version from applied where key = $1 order by id", str(key))
    return [row["version"] for row in rows]


async def seen(ledger: Ledger, key: Any, number: int) -> list[int]:
    """The versions applied once so many are there; what is expected NOT to come is not waited for."""

    async def enough() -> bool:
        return len(await versions(ledger, key)) >= number

    await wait_until(f"{number} effects of one key", enough, 30)
    return await versions(ledger, key)


async def test_without_the_inbox_a_duplicate_is_applied_twice(ledger: Ledger, servers: RunningServers) -> None:
    key = uuid7()
    record = good(key, 1)
    await send_raw(access(servers), TOPIC, [record])
    await ledger.up("worker", env=sabotaged("without_inbox"))
    assert await seen(ledger, key, 1) == [1]
    await send_raw(access(servers), TOPIC, [record])
    assert await seen(ledger, key, 2) == [1, 1]


async def test_without_the_version_check_effects_are_out_of_order(ledger: Ledger, servers: RunningServers) -> None:
    key = uuid7()
    await send_raw(access(servers), TOPIC, [good(key, 2), good(key, 1)])
    await ledger.up("worker", env=sabotaged("without_version_check"))
    assert await seen(ledger, key, 2) == [2, 1]


async def test_without_parking_what_came_early_is_lost(ledger: Ledger, servers: RunningServers) -> None:
    key, after = uuid7(), uuid7()
    await ledger.up("worker", env=sabotaged("without_parking"))
    await send_raw(access(servers), TOPIC, [good(key, 2)])
    await send_raw(access(servers), TOPIC, [good(after, 1)])
    await seen(ledger, after, 1)
    await send_raw(access(servers), TOPIC, [good(key, 1)])
    assert await seen(ledger, key, 1) == [1]
    await send_raw(access(servers), TOPIC, [good(after, 2)])
    await seen(ledger, after, 2)
    assert await versions(ledger, key) == [1]


async def test_without_the_advisory_lock_two_relays_publish_the_same(ledger: Ledger) -> None:
    api = await ledger.up("api")
    for _ in range(3):
        await ledger.up("relay", env=sabotaged("without_advisory_lock"))
    await load(ledger, api.url).run(300, at_once=30, pause=0)

    async def published() -> bool:
        return await ledger.count("outbox_pending") == 0

    await wait_until("the outbox is empty", published, 30)
    assert (await ledger.published()).total() > 300


async def test_without_waiting_for_the_acknowledgement_a_crash_loses_events(ledger: Ledger) -> None:
    api = await ledger.up("api")
    await load(ledger, api.url).run(20)
    relay = ledger.start("relay", env=sabotaged("without_delete_after_ack", BUURTSEIN_CRASH_AT="relay.deleted"))
    assert relay.exit_code() == 137
    await ledger.up("relay", "worker")
    assert (await ledger.published()).total() == 0
    with pytest.raises(AssertionError, match="'lost': 20"):
        await ledger.check()


async def test_without_nack_a_batch_that_failed_is_passed_over(ledger: Ledger, servers: RunningServers) -> None:
    """The table is away for a moment; with NACK the batch comes again, without it the offset is gone."""
    key, after = uuid7(), uuid7()
    await ledger.skip_what_others_left()
    await ledger.connection.execute("alter table inbox rename to inbox_away")
    [(partition, offset)] = await send_raw(access(servers), TOPIC, [good(key, 1)])
    await ledger.up("worker", env=sabotaged("without_nack"))
    place = TopicPartition(TOPIC, partition)
    await wait_until("its offset moved", partial(_passed, ledger, servers, place, offset), 30)
    await ledger.connection.execute("alter table inbox_away rename to inbox")
    await send_raw(access(servers), TOPIC, [good(after, 1)])
    await seen(ledger, after, 1)
    assert await versions(ledger, key) == []


async def _passed(ledger: Ledger, servers: RunningServers, place: TopicPartition, offset: int) -> bool:
    """Whether the group let the offset go, although nothing could be applied."""
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
    await ledger.skip_what_others_left()
    record_key, value, headers = good(key, 6)
    await send_raw(access(servers), TOPIC, [*neighbours, (record_key, value, [*headers, ("x-old", b"\xff\xfe")])])
    await ledger.up("worker", env=sabotaged("without_header_parser"))
    marker = secrets.token_hex(2)
    await send_raw(access(servers), TOPIC, [good(after, 1, marker)])
    await seen(ledger, after, 1)
    assert await versions(ledger, key) != [1, 2, 3, 4, 5, 6]

"""Protocol errors in the middle of work: 11, 14, 24. A mock broker gives them; what follows is judged by the ledger."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from faststream.kafka import KafkaBroker

from buurtsein_chassis.consumer import Consumer, Subscription
from buurtsein_chassis.database import Database
from buurtsein_chassis.inbox import receive
from buurtsein_chassis.kafka import subscribe
from buurtsein_chassis.relay import Relay
from buurtsein_contracts import parse, uuid7
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_contracts.topics import NETWORKS
from harness import mock_broker as mock
from harness.account import Account
from harness.databases import FreshDatabase, opened
from harness.kafka import good
from harness.mock_broker import MockBroker, mock_broker
from harness.waiting import wait_until

pytestmark = pytest.mark.thorough

TOPIC = "bin.networks"


@asynccontextmanager
async def relaying(broker: MockBroker, where: FreshDatabase) -> AsyncIterator[None]:
    def producer() -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=False, request_timeout_ms=3000
        )

    task = asyncio.create_task(Relay(where.relay, producer).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def record_entries(database: Database, keys: list[Any], each: int) -> None:
    for number in range(each):
        async with database.unit_of_work() as uow:
            for key in keys:
                content = {
                    "network_id": key,
                    "agreement_version": str(number),
                    "actor": "p" + "0" * 32,
                    "joined_at": "2026-11-24T08:00:00Z",
                }
                await uow.record(BeAlertJoined.model_validate(content))


async def on_the_topic(broker: MockBroker) -> list[ConsumerRecord]:
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        records: list[ConsumerRecord] = []
        while batches := await consumer.getmany(timeout_ms=1000):
            records += [record for batch in batches.values() for record in batch]
        return records
    finally:
        await consumer.stop()


async def effects(database: Database, records: list[ConsumerRecord]) -> list[tuple[str, int]]:
    """What a consumer makes of the records: duplicates gone, each stream in order."""
    applied: list[tuple[str, int]] = []

    async def apply(event: Any, _uow: Any) -> None:
        applied.append((event.key, event.sequence))

    consumer = Consumer(Subscription("after-errors", (NETWORKS,), apply), database)
    await consumer.process([receive(TOPIC, 0, r.offset, r.headers, r.value) for r in records])
    return applied


async def settle(database: Database) -> None:
    async def empty() -> bool:
        return int(await database.pool.fetchval("select count(*) from outbox_pending")) == 0

    await wait_until("the outbox is empty", empty, 60)


ERRORS = {
    "11 leader moved": [mock.NOT_LEADER],
    "11 timed out": [0, mock.REQUEST_TIMED_OUT, 0, mock.REQUEST_TIMED_OUT],
    "11 storage error": [0, mock.KAFKA_STORAGE_ERROR, 0],
    "24 broker full": [mock.KAFKA_STORAGE_ERROR] * 3,
    "37 right missing for a moment": [mock.TOPIC_AUTHORIZATION_FAILED] * 2,
}


@pytest.mark.parametrize("name", ERRORS)
async def test_11_produce_errors_in_the_middle_of_a_batch(
    ledger_database: FreshDatabase, account: Account, name: str
) -> None:
    keys = [uuid7() for _ in range(5)]
    async with opened(ledger_database.app) as database:
        with mock_broker(TOPIC) as broker:
            await record_entries(database, keys, 20)
            broker.answer_with(mock.PRODUCE, ERRORS[name])
            with account.recovery():
                async with relaying(broker, ledger_database):
                    await record_entries(database, keys, 20)
                    await settle(database)
            records = await on_the_topic(broker)
        applied = await effects(database, records)
        assert await database.pool.fetchval("select count(*) from outbox_frozen") == 0
    for key in keys:
        assert [version for where, version in applied if where == str(key)] == list(range(1, 41))
    account.times, account.events, account.duplicates = len(ERRORS[name]), 200, len(records) - 200


@pytest.mark.parametrize("error", [mock.MESSAGE_TOO_LARGE, mock.POLICY_VIOLATION])
async def test_24_what_is_refused_for_good_freezes_and_the_rest_flows(
    ledger_database: FreshDatabase, account: Account, error: int
) -> None:
    refused, later = uuid7(), uuid7()
    async with opened(ledger_database.app) as database:
        with mock_broker(TOPIC) as broker:
            await record_entries(database, [refused], 2)
            broker.answer_with(mock.PRODUCE, [error, error])  # the batch, and its first record alone
            async with relaying(broker, ledger_database):
                await settle(database)
                await record_entries(database, [refused, later], 2)
                await settle(database)
            records = await on_the_topic(broker)
        frozen = await database.pool.fetch("select key from outbox_frozen")
    assert [row["key"] for row in frozen] == [str(refused)] * 4
    sent = [parse(record.headers, record.value) for record in records]
    assert [(event.key, event.sequence) for event in sent] == [(str(later), 1), (str(later), 2)]
    account.events = 6


@pytest.mark.parametrize(
    ("request_kind", "error"),
    [
        (mock.HEARTBEAT, mock.UNKNOWN_MEMBER),
        (mock.HEARTBEAT, mock.REBALANCE),
        (mock.OFFSET_COMMIT, mock.NOT_COORDINATOR),
        (mock.OFFSET_COMMIT, mock.UNKNOWN_MEMBER),
    ],
)
async def test_14_group_errors_in_the_middle_of_work(
    ledger_database: FreshDatabase, account: Account, request_kind: int, error: int
) -> None:
    key = uuid7()
    applied: list[int] = []

    async def apply(event: Any, _uow: Any) -> None:
        applied.append(event.sequence)

    async with opened(ledger_database.app) as database:
        with mock_broker(TOPIC) as broker:
            consumer = Consumer(Subscription("group-errors", (NETWORKS,), apply), database)
            kafka = KafkaBroker(broker.bootstrap, consumer_only=True, apply_types=False, graceful_timeout=2)
            subscribe(kafka, [TOPIC], "group", consumer.handle)
            await kafka.start()
            await _send(broker, key, range(1, 11))
            await wait_until("the first ten", lambda: _reached(applied, 10), 30)
            broker.answer_with(request_kind, [error] * 2)
            with account.recovery():
                await _send(broker, key, range(11, 21))
                await wait_until("all twenty", lambda: _reached(applied, 20), 60)
            await kafka.stop()
    assert applied == list(range(1, 21))
    account.times, account.events = 2, 20


async def _reached(applied: list[int], number: int) -> bool:
    return len(applied) >= number


async def _send(broker: MockBroker, key: Any, numbers: range) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    await producer.start()
    for number in numbers:
        record_key, value, headers = good(key, number)
        await producer.send_and_wait(TOPIC, key=record_key, value=value, headers=headers)
    await producer.stop()

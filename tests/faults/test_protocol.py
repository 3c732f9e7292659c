"""A mock broker sends Kafka protocol errors during work (faults 11, 14 and 24 in docs/architecture.md)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import batched
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from faststream.kafka import KafkaBroker

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.database import Database
from buurtsein_chassis.inbox import receive
from buurtsein_chassis.kafka import Membership, subscribe
from buurtsein_chassis.relay import Relay
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import parse, uuid7
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_contracts.topics import NETWORKS
from harness import mock_broker as mock
from harness.account import Account
from harness.databases import FreshDatabase, opened
from harness.evidence import Step, compare, inversions
from harness.kafka import good
from harness.mock_broker import MockBroker, mock_broker
from harness.waiting import wait_until

pytestmark = pytest.mark.thorough

TOPIC = "bin.networks"
PARCEL_BYTES = 4096
"""A batch of this size holds a few events, so that an error can hit one of many batches in the middle."""
PATIENCE_MS = 1000
"""How long the client retries by itself before it reports an error to the relay."""


@asynccontextmanager
async def relaying(broker: MockBroker, where: FreshDatabase) -> AsyncIterator[None]:
    def producer() -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=broker.bootstrap,
            acks="all",
            enable_idempotence=False,
            request_timeout_ms=PATIENCE_MS,
            max_batch_size=PARCEL_BYTES,
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


async def effects(database: Database, records: list[ConsumerRecord]) -> list[Step]:
    """Pass these records to a consumer in topic order, a few at a time; return the applied events."""
    applied: list[Step] = []

    async def apply(event: Any, _uow: Any) -> None:
        applied.append(Step(event.id, event.key, event.sequence))

    consumer = Consumer(Subscription("after-errors", (NETWORKS,), apply), database)
    for some in batched(records, 7):
        await consumer.process([receive(TOPIC, 0, r.offset, r.headers, r.value) for r in some])
    return applied


def step(record: ConsumerRecord) -> Step:
    event = parse(record.headers, record.value)
    return Step(event.id, event.key, event.sequence)


async def settle(database: Database) -> None:
    async def empty() -> bool:
        return int(await database.pool.fetchval("select count(*) from outbox_pending")) == 0

    await wait_until("the outbox is empty", empty, 60)


ERRORS = {
    "11 leader moved": [0, mock.NOT_LEADER],
    "11 timed out": [0, mock.REQUEST_TIMED_OUT, 0, mock.REQUEST_TIMED_OUT],
    "11 storage error": [0, mock.KAFKA_STORAGE_ERROR, 0],
    "11 leader stays away": [0, 0, *[mock.NOT_LEADER] * 15, 0],  # more errors than the client retries by itself
    "11 given up in the middle": [0, 0, mock.TOPIC_AUTHORIZATION_FAILED, 0, 0, mock.TOPIC_AUTHORIZATION_FAILED],
    "24 broker full": [0, *[mock.KAFKA_STORAGE_ERROR] * 3],
    "37 right missing for a moment": [mock.TOPIC_AUTHORIZATION_FAILED] * 2,
}


@pytest.mark.parametrize("name", ERRORS)
async def test_11_produce_errors_in_the_middle_of_a_batch(
    ledger_database: FreshDatabase, account: Account, name: str
) -> None:
    """After a batch fails, later events are published after it, whether the client retries the batch or gives up."""
    keys = [uuid7() for _ in range(5)]
    async with opened(ledger_database.app) as database:
        with mock_broker(TOPIC) as broker:
            await record_entries(database, keys, 20)
            broker.answer_with(mock.PRODUCE, ERRORS[name])
            with account.recovery():
                async with relaying(broker, ledger_database):
                    await record_entries(database, keys, 20)
                    await settle(database)
            assert broker.requests(mock.PRODUCE) > len(ERRORS[name]), "every error was delivered"
            records = await on_the_topic(broker)
        logged = [Step(*row) for row in await database.pool.fetch("select event_id, key, version from event_log")]
        applied = await effects(database, records)
        assert await database.pool.fetchval("select count(*) from outbox_frozen") == 0
    assert inversions(map(step, records)) == 0
    assert compare(logged, applied) == {"applied": 200, "lost": 0, "twice": 0, "out_of_order": 0}
    account.times, account.events = sum(code != 0 for code in ERRORS[name]), 200
    account.duplicates = len(records) - len(applied)


@pytest.mark.parametrize("error", [mock.MESSAGE_TOO_LARGE, mock.POLICY_VIOLATION])
async def test_24_a_permanent_refusal_freezes_its_stream_and_others_are_published(
    ledger_database: FreshDatabase, account: Account, error: int
) -> None:
    refused, later = uuid7(), uuid7()
    async with opened(ledger_database.app) as database:
        with mock_broker(TOPIC) as broker:
            await record_entries(database, [refused], 2)
            broker.answer_with(mock.PRODUCE, [error, error])  # the whole batch, and then its first record alone
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


REJOINED_SECONDS = 30.0


@pytest.mark.parametrize(
    ("request_kind", "error", "then"),
    [
        (mock.HEARTBEAT, mock.UNKNOWN_MEMBER, mock.JOIN_GROUP),
        (mock.HEARTBEAT, mock.REBALANCE, mock.JOIN_GROUP),
        (mock.OFFSET_COMMIT, mock.NOT_COORDINATOR, mock.FIND_COORDINATOR),
        (mock.OFFSET_COMMIT, mock.UNKNOWN_MEMBER, mock.JOIN_GROUP),
    ],
)
async def test_14_group_errors_in_the_middle_of_work(
    ledger_database: FreshDatabase, account: Account, request_kind: int, error: int, then: int
) -> None:
    """The test sends events one by one until the consumer got the error and is a member of its group again."""
    key = uuid7()
    applied: list[int] = []

    async def apply(event: Any, _uow: Any) -> None:
        applied.append(event.sequence)

    def at_least(number: int) -> Callable[[], bool]:
        return lambda: len(applied) >= number

    subscription = Subscription("group-errors", (NETWORKS,), apply)
    async with opened(ledger_database.app) as database, member(subscription, database) as broker:
        await trickled(broker, key, applied, at_least(5))
        before = {kind: broker.requests(kind) for kind in (request_kind, then)}
        broker.answer_with(request_kind, [error])

        def back() -> bool:
            delivered = broker.requests(request_kind) > before[request_kind]
            return delivered and broker.requests(then) > before[then]

        with account.recovery():
            async with asyncio.timeout(REJOINED_SECONDS):
                await trickled(broker, key, applied, back)
                await trickled(broker, key, applied, at_least(len(applied) + 5))
    assert applied == list(range(1, len(applied) + 1))
    account.events, account.bound = len(applied), f"within {REJOINED_SECONDS:g} s, asserted"


@asynccontextmanager
async def member(subscription: Subscription, database: Database) -> AsyncIterator[MockBroker]:
    """Yield the mock broker to which a consumer in a group is connected."""
    with mock_broker(TOPIC) as broker:
        kafka = KafkaBroker(broker.bootstrap, consumer_only=True, apply_types=False, graceful_timeout=2)
        subscribe(kafka, [TOPIC], "group", Consumer(subscription, database).handle, Membership())
        await kafka.start()
        yield broker
        await kafka.stop()


async def trickled(broker: MockBroker, key: Any, applied: list[int], enough: Callable[[], bool]) -> None:
    """Send events one by one until `enough` returns true; wait each time until the consumer has applied the event."""
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    await producer.start()
    while not enough():
        number = len(applied) + 1
        record_key, value, headers = good(key, number)
        await producer.send_and_wait(TOPIC, key=record_key, value=value, headers=headers)
        await wait_until("the event was applied", partial(_reached, applied, number), REJOINED_SECONDS)
    await producer.stop()


async def _reached(applied: list[int], number: int) -> bool:
    return len(applied) >= number

"""With a real broker, the relay keeps events in order despite refused records, a second relay and late commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from buurtsein_chassis import relay as relay_module
from buurtsein_chassis.database import Database
from buurtsein_chassis.kafka import make_producer
from buurtsein_chassis.operations import outbox
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.relay import Relay
from buurtsein_chassis.table_gauges import refresh
from buurtsein_contracts import parse, uuid7
from buurtsein_contracts.events import BeAlertJoined, MemberLeft, NetworkApproved
from buurtsein_contracts.goldens import examples_of
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase
from harness.kafka import access, all_records, messages_of_at_most
from harness.waiting import wait_until


def left(network: Any) -> MemberLeft:
    content = {"member_id": uuid7(), "network_id": network, "reason": "LEFT", "left_at": "2026-11-24T08:00:00Z"}
    return MemberLeft.model_validate(content)


def joined(network: Any, version: str = "1") -> BeAlertJoined:
    content = {
        "network_id": network,
        "agreement_version": version,
        "actor": "p" + "0" * 32,
        "joined_at": "2026-11-24T08:00:00Z",
    }
    return BeAlertJoined.model_validate(content)


@asynccontextmanager
async def running_relay(servers: RunningServers, where: FreshDatabase) -> AsyncIterator[Relay]:
    relay = Relay(where.relay, lambda: make_producer(access(servers, "registry-relay"), "test-relay"))
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def pending(database: Database) -> int:
    return int(await database.pool.fetchval("select count(*) from outbox_pending"))


async def wait_until_published(database: Database) -> None:
    async def empty() -> bool:
        return await pending(database) == 0

    await wait_until("the outbox is empty", empty)


async def sequences(servers: RunningServers, topic: str, key: Any) -> list[int]:
    records = await all_records(access(servers), topic)
    return [parse(r.headers, r.value).sequence for r in records if r.key == str(key).encode()]


async def test_events_of_one_key_are_in_order_for_any_writer(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    network = uuid7()

    async def write(number: int) -> None:
        async with database.unit_of_work() as uow:
            await uow.record(joined(network, str(number)))

    async with running_relay(servers, ledger_database):
        await asyncio.gather(*(write(number) for number in range(60)))
        await wait_until_published(database)
    assert await sequences(servers, "bin.networks", network) == list(range(1, 61))


async def test_a_rolled_back_command_publishes_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with database.unit_of_work() as uow:
            await uow.record(joined(uuid7()))
            raise ZeroDivisionError
    assert await database.pool.fetchval("select count(*) from event_log") == 0
    assert await pending(database) == 0


async def test_only_one_relay_is_active_and_the_other_takes_over(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    async def active(*relays: Relay) -> bool:
        return sum(relay.active for relay in relays) == 1

    async with running_relay(servers, ledger_database) as second:
        async with running_relay(servers, ledger_database) as first:
            await wait_until("one is active", lambda: active(first, second))
            assert not (first.active and second.active)
        await wait_until("the other is active", lambda: active(second))
        async with database.unit_of_work() as uow:
            await uow.record(joined(uuid7()))
        await wait_until_published(database)


async def test_a_permanent_refusal_freezes_its_stream_and_no_other(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    sick, healthy = uuid7(), uuid7()
    async with messages_of_at_most(servers, "bin.members", 200), running_relay(servers, ledger_database):
        async with database.unit_of_work() as uow:
            await uow.record(left(sick), left(sick), joined(healthy))
        await wait_until_published(database)
        async with database.unit_of_work() as uow:
            await uow.record(left(sick), joined(healthy))
        await wait_until_published(database)

    frozen = await database.pool.fetch("select key, reason from outbox_frozen order by id")
    assert [(row["key"], row["reason"]) for row in frozen] == [
        (str(sick), "MessageSizeTooLargeError"),
        (str(sick), "MessageSizeTooLargeError"),
        (str(sick), "behind"),
    ]
    assert await sequences(servers, "bin.members", sick) == []
    assert await sequences(servers, "bin.networks", healthy) == [1, 2]


async def test_a_refused_batch_is_sent_again_record_by_record_to_find_the_refused_one(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    """All events are recorded before the relay starts, so that they form one batch, too large for the topic."""
    sick, healthy = uuid7(), [uuid7() for _ in range(8)]
    large = NetworkApproved.model_validate_json(examples_of(NetworkApproved)[0]).model_copy(update={"network_id": sick})
    async with database.unit_of_work() as uow:
        for network in healthy:
            await uow.record(joined(network), joined(network, "2"))
        await uow.record(joined(sick), large, joined(sick))
    async with messages_of_at_most(servers, "bin.networks", 1000), running_relay(servers, ledger_database):
        await wait_until_published(database)

    assert [await sequences(servers, "bin.networks", network) for network in healthy] == [[1, 2]] * 8
    assert await sequences(servers, "bin.networks", sick) == [1]
    frozen = await database.pool.fetch("select key, reason from outbox_frozen order by id")
    assert {(row["key"], row["reason"]) for row in frozen} == {(str(sick), "MessageSizeTooLargeError")}
    assert len(frozen) == 2


async def test_after_a_refusal_later_rows_of_the_same_read_are_published(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay reads a refused row and later rows at once; it must publish the later rows without waiting an hour."""
    monkeypatch.setattr(relay_module, "LATE_SECONDS", 0.0)
    monkeypatch.setattr(relay_module, "FULL_READ_SECONDS", 3600.0)
    sick = uuid7()
    async with database.unit_of_work() as uow:
        await uow.record(left(sick), *(joined(uuid7()) for _ in range(relay_module.BATCH + 50)))
    async with messages_of_at_most(servers, "bin.members", 200), running_relay(servers, ledger_database):
        await wait_until_published(database)


async def test_unfrozen_events_are_published_before_later_ones(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    key = uuid7()
    operator = await asyncpg.connect(ledger_database.superuser)
    async with running_relay(servers, ledger_database):
        async with messages_of_at_most(servers, "bin.members", 200):
            async with database.unit_of_work() as uow:
                await uow.record(left(key), left(key))
            await wait_until_published(database)
        [stream] = await outbox.frozen(operator)
        by = Operator("an.operator", "the limit was raised")
        assert await outbox.unfreeze(operator, stream.topic, stream.key, by) == 2
        async with database.unit_of_work() as uow:
            await uow.record(left(key))
        await wait_until_published(database)
    await operator.close()
    records = [r for r in await all_records(access(servers), "bin.members") if r.key == str(key).encode()]
    assert [parse(r.headers, r.value).sequence for r in records] == [1, 2, 3]


async def test_a_transaction_that_commits_late_is_published(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    """The late outbox row has a lower id than deleted rows; a relay that reads only higher ids would miss it."""
    late, quick = uuid7(), uuid7()
    async with running_relay(servers, ledger_database) as relay:
        async with database.unit_of_work() as slow:
            await slow.record(joined(late))
            async with database.unit_of_work() as fast:
                await fast.record(joined(quick))
            await wait_until_published(database)
            assert await sequences(servers, "bin.networks", quick) == [1]
        relay._full_read_at = 0.0
        await wait_until_published(database)
    assert await sequences(servers, "bin.networks", late) == [1]


async def test_outbox_rows_without_an_event_are_deleted_and_block_no_later_rows(
    servers: RunningServers, database: Database, ledger_database: FreshDatabase
) -> None:
    """More outbox rows than one read returns have lost their event in the log; later rows are still published."""
    key = uuid7()
    operator = await asyncpg.connect(ledger_database.superuser)
    await operator.execute("select setval(pg_get_serial_sequence('event_log', 'id'), 10000)")
    await operator.execute("insert into outbox_pending select generate_series(1, $1)", 2 * relay_module.BATCH + 1)
    async with database.unit_of_work() as uow:
        await uow.record(joined(key))
    await operator.execute("update event_log set occurred_at = occurred_at - interval '1 hour'")
    assert (await outbox.status(operator)).oldest_seconds > 3000
    await refresh(operator, [])
    assert (REGISTRY.get_sample_value("buurtsein_outbox_oldest_seconds") or 0) > 3000
    await operator.close()

    async with running_relay(servers, ledger_database):
        await wait_until_published(database)
    assert await sequences(servers, "bin.networks", key) == [1]


async def test_a_relay_that_vanishes_does_not_keep_its_lock_for_hours(ledger_database: FreshDatabase) -> None:
    """PostgreSQL uses TCP keepalives, also while notifications to the relay are not acknowledged."""
    relay = Relay(ledger_database.relay, lambda: None)
    async with relay._connection() as connection:
        names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
        assert [await connection.fetchval(f"show {name}") for name in names] == ["10", "5", "3", "25000"]

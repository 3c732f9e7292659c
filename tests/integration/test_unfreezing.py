"""An operator unfreezes a stream while the relay is publishing a later event of that stream: nothing freezes again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from integration.test_relay import left, running_relay, sequences, wait_until_published

from buurtsein_chassis.database import Database
from buurtsein_chassis.operations import outbox
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.publisher import Load, Publisher, SendResults
from buurtsein_chassis.relay import Relay
from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase
from harness.waiting import wait_until

TOPIC = "bin.members"
FREEZE = """with moved as (delete from outbox_pending returning id)
insert into outbox_frozen (id, topic, key, reason)
select id, topic, key, 'refused' from moved join event_log using (id)"""


@pytest.fixture
async def operator(ledger_database: FreshDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(ledger_database.superuser)
    yield connection
    await connection.close()


@pytest.fixture
async def key(database: Database, operator: asyncpg.Connection) -> str:
    """Return the key of a stream with two frozen events, and a later event that the relay has not read yet."""
    member = uuid7()
    async with database.unit_of_work() as uow:
        await uow.record(left(member), left(member))
    await operator.execute(FREEZE)
    async with database.unit_of_work() as uow:
        await uow.record(left(member))
    return str(member)


async def unfreeze(operator: asyncpg.Connection, key: str) -> int:
    return await outbox.unfreeze(operator, TOPIC, key, Operator("an.operator", "the limit was raised"))


async def frozen(operator: asyncpg.Connection) -> int:
    return int(await operator.fetchval("select count(*) from outbox_frozen"))


async def test_a_stream_that_is_unfrozen_during_a_send_is_published_in_order(
    servers: RunningServers,
    ledger_database: FreshDatabase,
    database: Database,
    operator: asyncpg.Connection,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send, moved = Publisher.send, list[int]()

    async def unfreezing(publisher: Publisher, load: Load) -> SendResults:
        if not moved and any(row["frozen"] for row in load.rows):
            moved.append(await unfreeze(operator, key))
        return await send(publisher, load)

    monkeypatch.setattr(Publisher, "send", unfreezing)
    async with running_relay(servers, ledger_database):
        await wait_until_published(database)
    assert moved == [2]
    assert await frozen(operator) == 0
    assert await sequences(servers, TOPIC, key) == [1, 2, 3]


async def test_the_relay_waits_for_an_operator_who_is_unfreezing(
    ledger_database: FreshDatabase, database: Database, operator: asyncpg.Connection, key: str
) -> None:
    relay = Relay(ledger_database.relay, lambda: pytest.fail("nothing is sent"))
    connection = await asyncpg.connect(ledger_database.relay)
    rows: Any = await relay._rows(connection, ())
    assert [row["frozen"] for row in rows] == [True]

    async def waits() -> Any:
        return await database.pool.fetchval("select count(*) from pg_locks where locktype = 'advisory' and not granted")

    async with operator.transaction():
        await unfreeze(operator, key)
        settling = asyncio.create_task(relay._settle(connection, SendResults(), rows))
        await wait_until("the relay waits for the operator", waits)
    assert await settling == []
    await connection.close()
    assert await frozen(operator) == 0
    assert await database.pool.fetchval("select count(*) from outbox_pending") == 3

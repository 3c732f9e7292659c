"""Tests two causes of a slow database: a snapshot that stays open (fault 22), and a locked table (fault 25)."""

import asyncio
import json
import statistics
from typing import Any

import asyncpg
import pytest

from buurtsein_chassis.kafka import make_producer
from buurtsein_chassis.relay import Relay
from harness.account import Account
from harness.kafka import access
from harness.ledger import Ledger
from harness.load import Load, load

pytestmark = pytest.mark.thorough

PAST = 200_000
"""How many rows the test deletes from the outbox; their ids are lower than those of all later rows."""


class WatchedRelay(Relay):
    """A relay that counts how many database pages each read of the outbox scans."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.pages: list[int] = []

    async def _rows(self, connection: Any, in_hand: Any) -> Any:
        explaining: Any = _Explained(connection, self.pages)
        return await super()._rows(explaining, in_hand)


class _Explained:
    """A database connection that runs EXPLAIN on each statement, with its arguments, before the statement itself."""

    def __init__(self, connection: asyncpg.Connection, pages: list[int]) -> None:
        self._connection = connection
        self._pages = pages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        explained = f"explain (analyze, buffers, format json) {statement}"
        plan: Any = json.loads(await self._connection.fetchval(explained, *arguments))
        self._pages.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
        return await self._connection.fetch(statement, *arguments)


async def test_22_a_snapshot_that_stays_open_does_not_slow_the_relay(ledger: Ledger, account: Account) -> None:
    """While a snapshot is open, PostgreSQL's vacuum cannot remove rows that were deleted from the outbox.

    The relay must not scan these dead rows at each read, but only when it looks for late commits.
    """
    service = await ledger.up("api", "worker")
    kafka = access(ledger.servers, "registry-relay")
    relay = WatchedRelay(ledger.database.relay, lambda: make_producer(kafka, "watched"))
    sleeper = await asyncpg.connect(ledger.database.superuser)
    async with sleeper.transaction(isolation="repeatable_read"):
        await sleeper.fetchval("select count(*) from outbox_pending")
        await ledger.connection.execute(f"alter table event_log alter column id restart with {PAST + 1}")
        await ledger.connection.execute(f"insert into outbox_pending select generate_series(1, {PAST})")
        await ledger.connection.execute("delete from outbox_pending")
        relaying = asyncio.create_task(relay.run())
        await load(ledger, service.url).run(250, pause=0.4)
        await ledger.wait_until_applied(250)
    relaying.cancel()
    await asyncio.gather(relaying, return_exceptions=True)
    await sleeper.close()
    assert statistics.median(relay.pages) * 10 < max(relay.pages), sorted(relay.pages)
    account.balance(await ledger.check())


async def test_25_a_locked_table_gives_503_and_leaves_the_consumer_alone(ledger: Ledger, account: Account) -> None:
    patience = {"LEDGER_DATABASE_COMMAND_TIMEOUT": "2", "LEDGER_DATABASE_WAIT_TIMEOUT": "1"}
    api = await ledger.up("api", "relay", env=patience)
    worker = await ledger.up("worker")
    writer = Load(ledger, lambda: [api.url])
    await writer.run(20)
    locker = await asyncpg.connect(ledger.database.superuser)
    async with locker.transaction():
        await locker.execute("lock table entry in access exclusive mode")
        tries = [writer._try("019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091", n, f"locked-{n}") for n in range(30)]
        assert not any(await asyncio.gather(*tries))
        assert writer.statuses[503] == 30
        assert writer.without_advice == 0
        assert await asyncio.to_thread(worker.is_ready)
    await locker.close()
    with account.recovery():
        await writer.run(20)
        await ledger.wait_until_applied(40)
    account.balance(await ledger.check())

"""The relay reads late commits before the events that follow them, on a real PostgreSQL."""

import asyncpg
import pytest
from integration.test_relay import joined

from buurtsein_chassis import relay as relay_module
from buurtsein_chassis.database import Database
from buurtsein_chassis.relay import Relay
from buurtsein_contracts import uuid7
from harness.databases import FreshDatabase


async def test_a_late_commit_is_published_before_events_that_follow_it(
    database: Database, ledger_database: FreshDatabase
) -> None:
    """The relay is busy all the time; the event after the late one has a higher id than all rows read before."""
    late = uuid7()
    relay = Relay(ledger_database.relay, lambda: pytest.fail("nothing is sent"))
    connection = await asyncpg.connect(ledger_database.relay)
    async with database.unit_of_work() as slow:
        await slow.record(joined(late))
        async with database.unit_of_work() as fast:
            await fast.record(joined(uuid7()), joined(uuid7()))
        in_hand = await relay._rows(connection, ())
        assert [row["key"] for row in in_hand] != [str(late)]
    async with database.unit_of_work() as after:
        await after.record(joined(late, "2"))
    following = await relay._rows(connection, in_hand)
    await connection.close()
    assert [(row["key"], row["version"]) for row in following] == [(str(late), 1), (str(late), 2)]


async def test_a_commit_while_the_broker_was_slow_is_published_before_its_successors(
    database: Database, ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker is slow for longer than the interval at which the relay looks for late commits."""
    monkeypatch.setattr(relay_module, "LATE_SECONDS", 0.0)
    late = uuid7()
    relay = Relay(ledger_database.relay, lambda: pytest.fail("nothing is sent"))
    relay._read_from_the_beginning()
    connection = await asyncpg.connect(ledger_database.relay)
    async with database.unit_of_work() as slow:
        await slow.record(joined(late))
        async with database.unit_of_work() as fast:
            await fast.record(joined(uuid7()))
        [sent] = await relay._rows(connection, ())
        await connection.execute("delete from outbox_pending where id = $1", sent["id"])
    async with database.unit_of_work() as after:
        await after.record(joined(late, "2"))
    following = await relay._rows(connection, ())
    await connection.close()
    assert [(row["key"], row["version"]) for row in following] == [(str(late), 1), (str(late), 2)]

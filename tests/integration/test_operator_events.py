"""Operators handle stuck events: dead letters, parked streams, frozen streams, and replay from the event log."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY

from buurtsein_chassis.operations import outbox
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.dead_letters import STATES, Chosen, dead_letters, discard, redrive
from buurtsein_chassis.operations.outbox import Again, Slice
from buurtsein_chassis.operations.parked import release, waiting
from buurtsein_chassis.table_gauges import refresh
from buurtsein_contracts import uuid7
from buurtsein_contracts.events import BeAlertJoined
from harness.by_hand import TOPIC, Bench, record
from harness.databases import FreshDatabase, opened

BY = Operator("an.operator", "mended the rule")


async def test_a_redriven_letter_is_applied_with_the_parked_events_after_it(bench: Bench) -> None:
    key = uuid7()
    await bench.refuse_second()
    await bench.deliver(record(key, 1), record(key, 2), record(key, 3))
    [letter] = await bench.letters(key)
    assert (letter["version"], letter["attempts"]) == (2, 1)

    assert await redrive(bench.connection, letter["id"], BY) == "redriven"
    await bench.sweep()
    [again] = await bench.letters(key)
    assert (again["id"], again["attempts"]) == (letter["id"], 2)
    assert await bench.versions(key) == [1]

    await bench.accept_second()
    assert await redrive(bench.connection, letter["id"], BY) == "redriven"
    await bench.sweep()
    assert await bench.versions(key) == [1, 2, 3]
    assert await bench.letters(key) == []
    assert await redrive(bench.connection, letter["id"], BY) == "settled"
    assert await bench.audit() == [("an.operator", "dead-letters redrive", "mended the rule")] * 2
    assert await waiting(bench.connection) == []


async def test_a_discarded_letter_lets_its_stream_go_on_without_it(bench: Bench) -> None:
    key = uuid7()
    await bench.refuse_second()
    await bench.deliver(record(key, 1), record(key, 2), record(key, 3), record(key, 4))
    [letter] = await bench.letters(key)
    [stream] = await waiting(bench.connection)
    assert (stream.position, stream.first, stream.events, stream.dead) == (1, 3, 2, 1)
    assert await release(bench.connection, stream, BY) == "held-by-dead-letter"

    assert await discard(bench.connection, letter["id"], BY) == "discarded"
    await bench.sweep()

    assert await bench.versions(key) == [1, 3, 4]
    [settled] = await bench.letters(key, *STATES)
    assert settled["state"] == "discarded"
    assert await bench.audit() == [("an.operator", "dead-letters discard", "mended the rule")]


async def test_an_unreadable_record_can_only_be_discarded(bench: Bench) -> None:
    key = uuid7()
    _, headers = record(key, 1)
    await bench.deliver((b"\xff no json", headers), record(key, 2))
    [letter] = await dead_letters(bench.connection, Chosen())

    assert await redrive(bench.connection, letter["id"], BY) == "unreadable"
    assert await discard(bench.connection, letter["id"], BY) == "discarded"
    await bench.sweep()

    assert await bench.versions(key) == [2]


async def test_an_unreadable_record_that_a_later_release_can_read_is_redriven(bench: Bench) -> None:
    """The release that could not read the record stored no inbox row and no stream version for it."""
    key = uuid7()
    value, headers = record(key, 1)
    await bench.deliver((b"", headers), record(key, 2))
    [letter] = await dead_letters(bench.connection, Chosen())
    await bench.connection.execute("update dead_letter set value = $1", value)

    assert await redrive(bench.connection, letter["id"], BY) == "redriven"
    await bench.sweep()
    await bench.deliver((value, headers))

    assert await bench.versions(key) == [1, 2]


async def test_a_redriven_first_event_is_applied_once_when_several_processes_sweep(bench: Bench) -> None:
    """The stream has no stored position yet, and several processes apply the same parked events at once."""
    keys = [uuid7() for _ in range(20)]
    for key in keys:
        value, headers = record(key, 1)
        await bench.deliver((b"", headers), record(key, 2))
        await bench.connection.execute("update dead_letter set value = $1 where state = 'dead'", value)
        [letter] = await dead_letters(bench.connection, Chosen())
        assert await redrive(bench.connection, letter["id"], BY) == "redriven"

    while await bench.connection.fetchval("select count(*) from parked"):  # a sweep ends when its time is over
        await asyncio.gather(*(bench.sweep() for _ in range(6)))

    assert [await bench.versions(key) for key in keys] == [[1, 2]] * 20


async def test_a_dead_letter_whose_stream_went_on_is_not_applied(bench: Bench) -> None:
    key = uuid7()
    await bench.refuse_second()
    await bench.deliver(record(key, 1), record(key, 2), record(key, 3))
    [letter] = await bench.letters(key)
    await bench.connection.execute("update stream_position set version = 2 where key = $1", str(key))

    assert await redrive(bench.connection, letter["id"], BY) == "superseded"
    assert await discard(bench.connection, letter["id"], BY) == "discarded-only"
    await bench.sweep()
    assert await bench.versions(key) == [1, 3]


async def test_discarding_a_record_without_a_stream_moves_no_position(bench: Bench) -> None:
    await bench.deliver((b"nothing", [("ce_sequence", b"9" * 20), ("ce_partitionkey", b"\xff")]))
    [letter] = await dead_letters(bench.connection, Chosen())
    assert await discard(bench.connection, letter["id"], BY) == "discarded-only"
    assert await bench.connection.fetchval("select count(*) from stream_position") == 0


async def test_a_parked_stream_is_released_at_its_first_event(bench: Bench) -> None:
    key, late = uuid7(), uuid7()
    await bench.deliver(record(key, 1), record(key, 4), record(key, 5), record(late, 3))

    for stream in await waiting(bench.connection):
        assert await release(bench.connection, stream, BY) == "released"
    await bench.sweep()
    await bench.deliver(record(key, 2), record(key, 6))

    assert await bench.versions(key) == [1, 4, 5, 6]
    assert await bench.versions(late) == [3]
    targets = [json.loads(row[0]) for row in await bench.connection.fetch("select target from operator_action")]
    assert {(target["from"], target["to"]) for target in targets} == {(1, 3), (0, 2)}


async def test_a_release_from_an_old_listing_changes_nothing(bench: Bench) -> None:
    key = uuid7()
    await bench.deliver(record(key, 3))
    [stream] = await waiting(bench.connection)
    await bench.deliver(record(key, 1))
    assert await release(bench.connection, stream, BY) == "moving"
    await bench.deliver(record(key, 2))
    assert await bench.versions(key) == [1, 2, 3]


async def test_the_service_can_only_insert_rows_about_acts_of_operators(bench: Bench) -> None:
    rights = await bench.connection.fetchrow(
        """select has_table_privilege('registry_app', 'operator_action', 'select') as read,
                  has_table_privilege('registry_app', 'operator_action', 'insert') as wrote,
                  has_table_privilege('registry_app', 'operator_action', 'update') as rewrote,
                  has_table_privilege('registry_app', 'operator_action', 'delete') as removed,
                  has_table_privilege('registry_app', 'retention_run', 'update') as changed"""
    )
    assert rights is not None
    assert dict(rights) == {"read": False, "wrote": True, "rewrote": False, "removed": False, "changed": False}


async def test_gauges_follow_the_tables(bench: Bench) -> None:
    key = uuid7()
    await bench.refuse_second()
    await bench.deliver(record(key, 1), record(key, 2), record(key, 3), (b"", []))
    await refresh(bench.connection, ["ledger", "quiet"])

    def shown(name: str, consumer: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"consumer": consumer})

    assert shown("buurtsein_parked_events", "ledger") == 1
    assert shown("buurtsein_dead_letters_open", "ledger") == 2
    assert shown("buurtsein_parked_events", "quiet") == shown("buurtsein_dead_letters_open", "quiet") == 0
    violations = {"consumer": "ledger", "reason": "invalid_event"}
    assert (REGISTRY.get_sample_value("buurtsein_contract_violations_total", violations) or 0) >= 1

    [first, second] = await dead_letters(bench.connection, Chosen())
    await discard(bench.connection, first["id"], BY)
    await discard(bench.connection, second["id"], BY)
    await bench.sweep()
    await refresh(bench.connection, ["ledger"])
    assert shown("buurtsein_parked_events", "ledger") == shown("buurtsein_dead_letters_open", "ledger") == 0


async def test_a_table_that_cannot_be_read_hides_only_its_own_gauges(
    bench: Bench, ledger_database: FreshDatabase
) -> None:
    def shown(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    await refresh(bench.connection, ["ledger"])
    before = shown("buurtsein_measured_timestamp_seconds")
    await bench.deliver((b"", []))
    owner = await asyncpg.connect(ledger_database.superuser)
    await owner.execute("alter table outbox_frozen rename to outbox_away")
    await owner.close()
    with pytest.raises(asyncpg.UndefinedTableError):
        await refresh(bench.connection, ["ledger"])
    assert shown("buurtsein_dead_letters_open", consumer="ledger") == 1
    assert shown("buurtsein_measured_timestamp_seconds") == before


async def test_frozen_streams_are_given_back_in_order(bench: Bench, ledger_database: FreshDatabase) -> None:
    key, other = str(uuid7()), str(uuid7())
    async with opened(ledger_database.app) as database, database.unit_of_work() as uow:
        for network in (key, other, key):
            await uow.record(joined(network))
    await bench.connection.execute(
        """with moved as (delete from outbox_pending returning id)
           insert into outbox_frozen (id, topic, key, reason)
           select id, topic, key, 'MessageSizeTooLargeError' from moved join event_log using (id) where key = $1""",
        key,
    )
    status = await outbox.status(bench.connection)
    [stream] = await outbox.frozen(bench.connection)
    assert (status.pending, status.frozen_streams, stream.key, stream.events) == (0, 1, key, 2)

    assert await outbox.unfreeze(bench.connection, TOPIC, key, BY) == 2

    after = await outbox.status(bench.connection)
    assert (after.pending, after.frozen_streams) == (2, 0)
    assert await bench.audit() == [("an.operator", "outbox unfreeze", "mended the rule")]


def joined(network: str) -> BeAlertJoined:
    content = {"network_id": network, "agreement_version": "1", "actor": "p" + "0" * 32}
    return BeAlertJoined.model_validate(content | {"joined_at": "2026-11-24T08:00:00Z"})


async def test_a_replay_publishes_the_events_recorded_since_a_time(
    bench: Bench, ledger_database: FreshDatabase
) -> None:
    key, other = str(uuid7()), str(uuid7())
    async with opened(ledger_database.app) as database, database.unit_of_work() as uow:
        for network in (key, other, key):
            await uow.record(joined(network))
    since = datetime.now(UTC) - timedelta(minutes=5)
    everything = Again(TOPIC, since)
    assert await outbox.count_again(bench.connection, everything) == Slice(0)
    await bench.connection.execute("delete from outbox_pending")

    assert await outbox.count_again(bench.connection, everything) == Slice(3)
    assert await outbox.count_again(bench.connection, Again(TOPIC, datetime.now(UTC))) == Slice(0)
    assert await outbox.publish_again(bench.connection, Again(TOPIC, since, key), BY) == Slice(2)
    assert await outbox.publish_again(bench.connection, Again(TOPIC, since, key), BY) == Slice(0)
    assert (await outbox.status(bench.connection)).pending == 2


async def test_a_long_replay_goes_in_parts(
    bench: Bench, ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "SLICE", 2)
    async with opened(ledger_database.app) as database, database.unit_of_work() as uow:
        await uow.record(*[joined(str(uuid7())) for _ in range(3)])
    await bench.connection.execute("delete from outbox_pending")
    since = datetime.now(UTC) - timedelta(minutes=5)

    first = await outbox.publish_again(bench.connection, Again(TOPIC, since), BY)
    assert (first.events, first.next is not None) == (2, True)
    assert await outbox.publish_again(bench.connection, Again(TOPIC, since, after=first.next or 0), BY) == Slice(1)
    assert (await outbox.status(bench.connection)).pending == 3

"""A dead letter or parked event stays correct when its offset is used again or the release changes."""

import asyncio
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from structlog.testing import capture_logs

from buurtsein_chassis.inbox import Inbox, Overtaken, receive
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.dead_letters import Chosen, dead_letters, discard, record_of, redrive
from buurtsein_contracts import uuid7
from buurtsein_contracts.envelope import EVENT_BY_TYPE
from buurtsein_contracts.events import BeAlertJoined
from harness.by_hand import TOPIC, Bench, record

BY = Operator("an.operator", "mended the rule")
NEWER = "be.bin.network.renamed.v1"


@pytest.mark.parametrize("state", ["dead", "redriven", "discarded"])
async def test_an_offset_that_is_reused_has_a_dead_letter_for_each_record(bench: Bench, state: str) -> None:
    """Fault 18: a topic was deleted and created again, so that a new record has the offset of an old dead letter."""
    old, new = uuid7(), uuid7()
    await bench.refuse_second()
    await bench.deliver(record(old, 1), record(old, 2))
    await bench.connection.execute(
        "update dead_letter set state = $1, settled_at = case when $1 <> 'dead' then now() end", state
    )
    before = await bench.letters(old, state)

    bench.offset = 0
    failing = record(new, 2)
    await bench.deliver(record(new, 1), failing)
    [letter] = await bench.letters(new)
    headers, value = await record_of(bench.connection, letter["id"])
    assert (value, headers) == failing
    assert await bench.letters(old, state) == before

    await bench.accept_second()
    assert await redrive(bench.connection, letter["id"], BY) == "redriven"
    await bench.sweep()
    await bench.sweep()
    assert await bench.versions(new) == [1, 2]
    assert await bench.letters(new) == []


async def test_a_record_that_is_read_again_has_one_dead_letter(bench: Bench) -> None:
    unreadable = (b"\xff no json", [("x", None), *record(uuid7(), 1)[1]])
    for _ in range(2):
        bench.offset = 0
        await bench.deliver(unreadable)
    [letter] = await dead_letters(bench.connection, Chosen())
    assert letter["attempts"] == 1


async def test_a_batch_with_only_parked_events_is_logged(bench: Bench) -> None:
    with capture_logs() as lines:
        await bench.deliver(record(uuid7(), 2))
    [line] = [line for line in lines if line["event"] == "consumer.applied"]
    assert (line["parked"], line["applied"], line["dead"]) == (1, 0, 0)


async def test_40_a_parked_event_that_the_release_before_cannot_read_is_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer release parked the event and was rolled back; the older release keeps it for the next one."""
    key, other = uuid7(), uuid7()
    with monkeypatch.context() as newer:
        newer.setitem(EVENT_BY_TYPE, NEWER, BeAlertJoined)
        await bench.deliver(record(key, 2, NEWER))
    assert await bench.parked(key) == [2]

    await bench.deliver(record(key, 1), record(key, 3), record(other, 1))
    assert (await bench.versions(key), await bench.versions(other)) == ([1], [1])
    assert await bench.parked(key) == [3]
    [letter] = await bench.letters(key)
    assert (letter["reason"], letter["version"]) == ("unknown_type", 2)
    assert await redrive(bench.connection, letter["id"], BY) == "unreadable"

    monkeypatch.setitem(EVENT_BY_TYPE, NEWER, BeAlertJoined)
    assert await redrive(bench.connection, letter["id"], BY) == "redriven"
    await bench.sweep()
    assert await bench.versions(key) == [1, 2, 3]


async def test_40_a_sweep_survives_a_parked_event_that_this_release_cannot_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid7()
    await bench.deliver(record(key, 1, NEWER))
    [letter] = await dead_letters(bench.connection, Chosen())
    with monkeypatch.context() as newer:
        newer.setitem(EVENT_BY_TYPE, NEWER, BeAlertJoined)
        assert await redrive(bench.connection, letter["id"], BY) == "redriven"

    await bench.sweep()

    [again] = await bench.letters(key)
    assert (again["id"], again["attempts"], again["reason"]) == (letter["id"], 2, "unknown_type")
    assert await bench.parked(key) == []


async def test_ready_events_of_a_stream_without_a_position_are_applied_once(bench: Bench) -> None:
    """Several processes apply the parked events at once; one inserts the stream's position, the others retry."""
    keys = [uuid7() for _ in range(20)]
    for key in keys:
        value, headers = record(key, 1)
        await Inbox(bench.connection, "ledger").park([receive(TOPIC, 0, 0, headers, value)])
    await bench.connection.execute("delete from stream_position")

    ends = await asyncio.gather(*(bench.sweep() for _ in range(6)), return_exceptions=True)
    await bench.sweep()

    assert all(end is None or isinstance(end, Overtaken) for end in ends)
    assert [await bench.versions(key) for key in keys] == [[1]] * 20


@pytest.mark.parametrize("claimed", [("ce_partitionkey", b"a\x00b"), ("ce_sequence", b"1" * 5000)])
async def test_a_dead_letter_with_values_that_no_table_can_store_is_discarded(
    bench: Bench, claimed: tuple[str, bytes]
) -> None:
    _, headers = record(uuid7(), 1)
    await bench.deliver((b"nothing", [*(dict(headers) | dict([claimed])).items()]))
    [letter] = await dead_letters(bench.connection, Chosen())
    assert await discard(bench.connection, letter["id"], BY) == "discarded-only"


async def test_a_batch_that_fails_for_an_unknown_reason_is_retried_after_a_backoff(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([0.0])

    async def fails(_received: Any) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(bench.consumer, "process", fails)
    monkeypatch.setattr(bench.consumer._backoff, "next", lambda: next(waits))
    batch: list[ConsumerRecord] = []
    with pytest.raises(KeyError):
        await bench.consumer.handle(batch)
    assert list(waits) == []

"""The ledger (test service) finds each kind of deliberate error: a lost, doubled or wrongly ordered event."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from harness.evidence import Evidence, Step, judge
from harness.ledger import Ledger
from harness.load import load

A1, A2, B1 = Step(UUID(int=1), "a", 1), Step(UUID(int=2), "a", 2), Step(UUID(int=3), "b", 1)
COMMANDS = [("a", 1), ("a", 2), ("b", 1)]
STEPS = [A1, A2, B1]
NOTHING_LEFT = {"pending": 0, "frozen": 0, "parked": 0, "dead": 0}
GOOD = Evidence(COMMANDS, COMMANDS, COMMANDS, STEPS, [*STEPS, A1], {"one": STEPS, "other": [B1, A1, A2]}, NOTHING_LEFT)

VIOLATIONS: dict[str, Callable[[Evidence], Evidence]] = {
    "lost": lambda e: replace(e, effects={"one": STEPS, "other": [A1, B1]}),
    "twice": lambda e: replace(e, effects={"one": [*STEPS, B1], "other": STEPS}),
    "out_of_order": lambda e: replace(e, effects={"one": [A2, A1, B1]}),
    "wire_out_of_order": lambda e: replace(e, wire=[A2, A1, A2, B1]),
    "unlogged": lambda e: replace(e, recorded=COMMANDS[1:]),
    "done_twice": lambda e: replace(e, recorded=[*COMMANDS, ("a", 1)], written=[*COMMANDS, ("a", 1)]),
    "unacknowledged": lambda e: replace(e, acknowledged=COMMANDS[1:]),
    **{
        name: lambda e, name=name: replace(e, left=NOTHING_LEFT | {name: 1})  # type: ignore[misc]
        for name in NOTHING_LEFT
    },
}


def test_evidence_without_a_violation_passes() -> None:
    judge(GOOD.figures())
    assert GOOD.figures()["republished"] == 1


@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_violation_is_seen(name: str) -> None:
    figures = VIOLATIONS[name](GOOD).figures()
    assert figures[name] > 0
    with pytest.raises(AssertionError):
        judge(figures)


def test_events_that_were_never_published_or_applied_are_found() -> None:
    for evidence in (replace(GOOD, wire=STEPS[1:]), replace(GOOD, effects={})):
        with pytest.raises(AssertionError):
            judge(evidence.figures())


def test_an_ambiguous_commit_is_allowed_as_often_as_was_said_and_never_done_twice() -> None:
    evidence = replace(GOOD, acknowledged=COMMANDS[1:])
    judge(evidence.figures(), unacknowledged=1)
    with pytest.raises(AssertionError):
        judge(replace(evidence, acknowledged=COMMANDS[2:]).figures(), unacknowledged=1)
    with pytest.raises(AssertionError):
        judge(VIOLATIONS["done_twice"](GOOD).figures(), unacknowledged=1)


FIRST = "from event_log where id = (select min(id) from event_log)"
COPIED = "topic, key, type, source, subject, data_schema, occurred_at, data"
ROW = f"(select event_id, key, version {FIRST})"
PARKED = """insert into parked (consumer, topic, key, version, partition, "offset", event_id, headers, value)
            select 'c', 't', key, version, 0, 0, event_id, '[]', '' from """
DEAD = """insert into dead_letter (consumer, topic, partition, "offset", event_id, reason, fingerprint, detail, headers)
          select 'c', 't', 0, -1, event_id, 'r', 'f', 'd', '[]' from """
PLANTED = {
    "lost": "delete from applied where id = (select max(id) from applied)",
    "twice": f"insert into applied (event_id, key, version, consumer) select r.*, $1 from {ROW} r",
    "out_of_order": "update applied set version = 3 - version where version < 3",
    "unlogged": "insert into entry values (gen_random_uuid(), 1)",
    "done_twice": f"insert into event_log (event_id, version, {COPIED}) select gen_random_uuid(), 99, {COPIED} {FIRST}",
    "pending": f"insert into outbox_pending select id {FIRST}",
    "frozen": f"insert into outbox_frozen select id, topic, key, 'r' {FIRST}",
    "parked": f"{PARKED} {ROW} r",
    "dead": f"{DEAD} {ROW} r",
}


@pytest.mark.thorough
async def test_a_running_ledger_finds_each_violation(ledger: Ledger) -> None:
    service = await ledger.up("api", "relay", "worker")
    await load(ledger, service.url, streams=2).run(6)
    assert (await ledger.check())["applied"] == 6
    service.kill()
    for name, statement in PLANTED.items():
        assert (await planted(ledger, statement))[name] > 0, name
    judge((await ledger.evidence()).figures())


async def planted(ledger: Ledger, statement: str) -> dict[str, int]:
    """Write a deliberate error to the ledger's tables, return the counts after it, and remove the error."""
    transaction = ledger.connection.transaction()
    await transaction.start()
    await ledger.connection.execute(statement.replace("$1", f"'{ledger.consumer}'"))
    figures = (await ledger.evidence()).figures()
    await transaction.rollback()
    with pytest.raises(AssertionError):
        judge(figures)
    return figures


@pytest.mark.thorough
async def test_a_running_ledger_finds_a_wrong_order_on_the_topic(ledger: Ledger) -> None:
    """Version 2 is published before version 1; the effects do not show this because the consumer parks version 2."""
    api = await ledger.up("api", "worker")
    await load(ledger, api.url, streams=1).run(2, at_once=1)
    [first] = await ledger.connection.fetch(
        "delete from outbox_pending where id = (select min(id) from event_log) returning id"
    )
    await ledger.up("relay")
    await ledger.settled()
    await ledger.connection.execute("insert into outbox_pending values ($1)", first["id"])
    with pytest.raises(AssertionError, match="'wire_out_of_order': 1"):
        await ledger.check()


@pytest.mark.thorough
async def test_a_running_ledger_finds_a_command_that_was_done_twice(ledger: Ledger) -> None:
    """A client that forgot its Idempotency-Key sends the same command again under another key."""
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url, streams=1)
    await writer.write(1)
    await writer.write(1)
    ledger.acknowledged.pop()
    with pytest.raises(AssertionError, match="'done_twice': 1"):
        await ledger.check()


@pytest.mark.thorough
async def test_a_running_ledger_waits_for_a_duplicate_that_is_not_yet_read(ledger: Ledger) -> None:
    """All events are applied when the ledger is checked, but a duplicate on the topic is not yet read."""
    service = await ledger.up("api", "relay")
    await load(ledger, service.url).run(5)
    await ledger.up("worker", without=["inbox", "version check"])
    await ledger.wait_until_applied(5)
    await ledger.connection.execute("insert into outbox_pending select id from event_log; notify outbox, 'moved'")
    with pytest.raises(AssertionError, match="'twice': 5"):
        await ledger.check()

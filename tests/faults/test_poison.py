"""A record that fails on each retry becomes one dead letter, and other records are applied (fault 12 in the docs)."""

import json
from collections.abc import Sequence
from typing import Any

from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers
from harness.account import Account
from harness.evidence import judge
from harness.kafka import access, good, send_raw
from harness.ledger import Ledger
from harness.waiting import wait_until

TOPIC = "bin.networks"


def with_header(record: tuple[bytes, bytes, list[tuple[str, Any]]], name: str, value: Any) -> Any:
    key, body, headers = record
    return key, body, [(n, v) for n, v in headers if n != name] + [(name, value)]


async def test_12_an_unreadable_record_does_not_affect_other_records(ledger: Ledger, account: Account) -> None:
    keys = [uuid7() for _ in range(12)]
    neighbours = [good(key, 1) for key in keys]
    key, body, headers = good(uuid7(), 1)
    poison = [
        (key, b"\xff\xfe not json", headers),
        (key, b'{"network_id": 1}', headers),
        (key, None, headers),
        (key, b'{"x": "' + b"a" * 900_000 + b'"}', headers),
        with_header(good(uuid7(), 1), "ce_type", b"be.bin.network.approved.v9"),
        with_header(good(uuid7(), 1), "ce_type", b"be.bin.unheard.of.v1"),
        with_header(good(uuid7(), 1), "ce_id", b"not-a-uuid"),
        (key, body, []),
    ]
    foreign = with_header(good(uuid7(), 1), "x-legacy", b"\xff\xfe\xfd")
    mixed = [record for pair in zip(neighbours, [*poison, foreign], strict=False) for record in pair] + neighbours[9:]
    places = await ledger.send(*mixed)

    await ledger.up("worker")
    account.balance(await ledger.check())
    assert account.events == len(keys) + 1
    account.times = len(poison)
    dead = await ledger.connection.fetch(
        """select reason, count(*) as n from dead_letter d
           join unnest($1::int[], $2::bigint[]) as mine (partition, "offset") using (partition, "offset")
           group by reason""",
        [partition for partition, _ in places],
        [offset for _, offset in places],
    )
    found = {row["reason"]: row["n"] for row in dead}
    assert found == {"invalid_event": 6, "unknown_version": 1, "unknown_type": 1}


async def test_12_values_that_postgresql_cannot_store_do_not_affect_other_records(
    ledger: Ledger, servers: RunningServers
) -> None:
    """PostgreSQL stores no NUL and no half surrogate pair in text, and no version above 2^63 - 1."""
    keys = [uuid7() for _ in range(6)]
    early = good(keys[0], 2)
    unheard = with_header(good(uuid7(), 1), "ce_type", b"be.bin.unheard.of.v1")
    structured = [("content-type", b"application/cloudevents+json")]
    poison = [
        with_header(good(uuid7(), 1), "ce_type", b"be.bin.x\x00y.v1"),
        with_header(good(uuid7(), 1), "ce_sequence", b"9" * 20),
        with_header(unheard, "x\x00y", b"1"),
        with_header(good(uuid7(), 1), "ce_sequence", b"0" * 20),
        (b"k", json.dumps(in_one_piece(good(uuid7(), 1), type="be.bin.\ud800.v1")).encode(), structured),
    ]
    parked = with_header(early, "x\x00y", b"1")
    mixed = [
        parked,
        *(record for pair in zip(poison, (good(key, 1) for key in keys[1:]), strict=True) for record in pair),
    ]
    places = await send_raw(access(servers), TOPIC, mixed)
    await ledger.up("worker")

    async def applied(*expected: Any) -> bool:
        rows = await ledger.connection.fetch("select key from applied")
        return {str(key) for key in expected} <= {row["key"] for row in rows}

    await wait_until("all neighbours applied", lambda: applied(*keys[1:]))
    assert await ledger.connection.fetchval("select count(*) from parked where key = $1", str(keys[0])) == 1
    await send_raw(access(servers), TOPIC, [good(keys[0], 1)])
    await wait_until("the parked one applied", lambda: applied(*keys))
    assert await dead_at(ledger, places) == [
        "unknown_type",
        "invalid_event",
        "unknown_type",
        "invalid_event",
        "unknown_type",
    ]


def in_one_piece(record: tuple[bytes, bytes, list[tuple[str, Any]]], **changed: str) -> dict[str, Any]:
    """Return the event as a CloudEvent in structured mode: attributes and data in one JSON value."""
    _, body, headers = record
    attributes = {name.removeprefix("ce_"): value.decode() for name, value in headers if name.startswith("ce_")}
    return attributes | {"data": json.loads(body)} | changed


async def dead_at(ledger: Ledger, places: Sequence[tuple[int, int]]) -> list[str]:
    """Return the reasons of the dead letters at these partitions and offsets, in the same order."""
    rows = await ledger.connection.fetch('select partition, "offset", reason from dead_letter')
    return [row["reason"] for place in places for row in rows if (row["partition"], row["offset"]) == place]


async def test_12_an_effect_that_fails_stops_only_its_own_stream(ledger: Ledger, account: Account) -> None:
    sick, healthy = uuid7(), uuid7()
    records = [good(sick, 1), good(sick, 2, "poison"), good(sick, 3), good(healthy, 1), good(healthy, 2), good(sick, 4)]
    await ledger.send(*records)

    await ledger.up("worker")

    async def settled() -> bool:
        rows = await ledger.connection.fetch("select version from applied where key = $1 order by id", str(healthy))
        parked = await ledger.connection.fetchval("select count(*) from parked where key = $1", str(sick))
        return [row["version"] for row in rows] == [1, 2] and parked == 2

    await wait_until("the healthy stream applied, the sick one parked", settled)
    await ledger.settled()
    figures = (await ledger.evidence()).figures()
    assert {name: figures[name] for name in ("lost", "twice", "out_of_order", "dead", "parked")} == {
        "lost": 3,
        "twice": 0,
        "out_of_order": 0,
        "dead": 1,
        "parked": 2,
    }
    account.events = figures["logged"]
    applied = await ledger.connection.fetch("select version from applied where key = $1", str(sick))
    dead = await ledger.connection.fetch("select reason, version from dead_letter where key = $1", str(sick))
    parked = await ledger.connection.fetch("select version from parked where key = $1 order by version", str(sick))
    assert [row["version"] for row in applied] == [1]
    assert [(row["reason"], row["version"]) for row in dead] == [("effect_failed", 2)]
    assert [row["version"] for row in parked] == [3, 4]


async def test_21_events_after_a_gap_are_parked_and_applied_when_it_closes(ledger: Ledger, account: Account) -> None:
    key = uuid7()
    await ledger.send(good(key, 1), good(key, 3), good(key, 4))
    await ledger.up("worker")

    async def two_parked() -> bool:
        return int(await ledger.connection.fetchval("select count(*) from parked where key = $1", str(key))) == 2

    await wait_until("two parked", two_parked)
    await ledger.send(good(key, 2))
    await ledger.settled()
    figures = (await ledger.evidence()).figures()
    assert figures["wire_out_of_order"] == 1, "the gap is on the wire, and nowhere else"
    judge(figures | {"wire_out_of_order": 0})
    account.balance(figures | {"suppressed": ledger.suppressed()})

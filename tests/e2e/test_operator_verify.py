"""`buurtsein verify` lists each difference that the tests make on a running stack."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
import pytest

from buurtsein_contracts import uuid7
from buurtsein_operate.operations import on_topic, watch
from harness.operating import ask, invoke, networks, refused, sql
from harness.town import Town, days_from_now
from harness.waiting import wait_for

RELAY = "registry-relay"


@pytest.fixture
def town(operated: Town) -> Town:
    return operated


def readers(town: Town) -> dict[str, tuple[int, int]]:
    """Return how many events each consumer of bin.networks applied, and how many were discarded."""
    verified = networks(ask(town, "verify", "--wait", "30"))
    return {one["consumer"]: (one["applied"], one["discarded"]) for one in verified["consumers"]}


def events_of(town: Town, key: str) -> list[asyncpg.Record]:
    """Return the events of one network from the event log."""
    return sql(town, "registry", "select id, version, event_id::text from event_log where key = $1 order by id", key)


def differences(town: Town, wait: str = "0") -> list[tuple[str, str, str, int | None, str | None]]:
    """Run `buurtsein verify`, check that it exits with 1, and return the differences."""
    verified = ask(town, "verify", "--wait", wait, status=1)
    assert verified["balanced"] is False
    assert verified["differing"] == len(verified["differences"])
    return [tuple(each.values()) for each in verified["differences"]]


@contextmanager
def without_relay(town: Town) -> Iterator[tuple[str, Sequence[asyncpg.Record]]]:
    """Recognise a network while no relay runs; yield the network's key and its two unpublished events."""
    network = town.network(recognised=False)
    key = network["network_id"]
    before = len(events_of(town, key))
    assert ask(town, "verify", "--wait", "30")["balanced"] is True
    town.stack.kill(RELAY)
    try:
        town.recognise(network)
        yield key, events_of(town, key)[before:]
    finally:
        town.stack.start(RELAY)


def send_again(town: Town, key: str) -> None:
    ask(town, "replay", "log", "--topic", "bin.networks", "--from", "2026-01-01", "--key", key, "--reason", "a test")


@pytest.mark.thorough
def test_an_event_that_is_not_published_is_reported(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.network()
    assert ask(town, "verify", "--wait", "30")["differences"] == []
    with without_relay(town) as (key, [first, second]):
        assert differences(town, "2") == [
            ("pending", "bin.networks", key, first["version"], first["event_id"]),
            ("pending", "bin.networks", key, second["version"], second["event_id"]),
        ]
        told = invoke(town, "verify", "--wait", "0")
        assert told.exit_code == 1
        assert all(word in told.output for word in ("DIFFERS", "pending", key, first["event_id"], second["event_id"]))

        monkeypatch.setattr(watch, "NAMED", 1)
        verified = ask(town, "verify", "--wait", "0", status=1)
        assert verified["differing"] == networks(verified)["pending"] == 2
        assert [each["event_id"] for each in verified["differences"]] == [first["event_id"]]
        assert "and 1 more" in invoke(town, "verify", "--wait", "0").output
    assert ask(town, "verify", "--wait", "30")["balanced"] is True


def test_an_event_missing_from_the_topic_is_reported_and_a_replay_publishes_it(town: Town) -> None:
    with without_relay(town) as (key, [_, second]):
        sql(town, "registry", "delete from outbox_pending where id = $1", second["id"])
    place = (key, second["version"], second["event_id"])
    named = wait_for("one left", lambda: len(found := differences(town)) == 4 and found[0][2:] == place and found)
    assert named == [
        ("unpublished", "bin.networks", *place),
        *(("missing", f"{reader}.networks", *place) for reader in ("funding", "notifier", "reports")),
    ]
    send_again(town, key)
    assert ask(town, "verify", "--wait", "30")["balanced"] is True


@pytest.mark.thorough
def test_an_event_out_of_order_is_reported_until_its_stream_is_sent_again(town: Town) -> None:
    before = readers(town)
    with without_relay(town) as (key, [first, _]):
        sql(town, "registry", "delete from outbox_pending where id = $1", first["id"])
    wanted = {"unpublished", "missing", "parked"}
    wait_for("the second alone", lambda: {what for what, *_ in differences(town)} == wanted)
    ask(town, "parked", "release", "--consumer", "reports.networks", "--key", key, "--reason", "a test")
    sql(town, "registry", "insert into outbox_pending (id) values ($1)", first["id"])

    expected = [("out_of_order", "bin.networks", key, first["version"], first["event_id"])]
    wait_for("the first behind it", lambda: differences(town) == expected, 60)
    send_again(town, key)
    let_off = {name: discarded - before[name][1] for name, (_, discarded) in readers(town).items()}
    assert let_off == {"reports.networks": 1, "funding.networks": 0, "notifier.networks": 0}


@pytest.mark.thorough
def test_an_event_that_a_consumer_lost_is_reported_and_a_discarded_one_is_shown(town: Town) -> None:
    network = town.network(recognised=False)
    key = network["network_id"]
    town.done(town.step(network, "burgemeester", "fod-submission"))
    logged = networks(ask(town, "verify", "--wait", "30"))["logged"]
    before = readers(town)
    [lost] = sql(town, "notifier", "delete from known_network where network_id = $1 returning *", key)
    [unkept] = differences(town)
    assert unkept[:3] == ("unkept", "notifier.networks", key)
    sql(town, "notifier", "insert into known_network values ($1, '{}', $2, $3, $4, $5, $6)", key, *lost[2:])

    town.done(town.step(network, "fod", "recognition", {"start": days_from_now(-10), "reference": "VP/1"}))
    [(letter, _), *_] = wait_for("a letter", lambda: [(one["name"], one) for one in ask(town, "dead-letters", "list")])
    recognised = events_of(town, key)[-1]
    assert ("dead", "notifier.networks", key, recognised["version"], recognised["event_id"]) in differences(town, "5")
    ask(town, "dead-letters", "discard", letter, "--reason", "a test")
    sql(town, "notifier", "update known_network set document = $2 where network_id = $1", key, lost["document"])

    after = readers(town)
    more = networks(ask(town, "verify"))["logged"] - logged
    assert more > 0
    gained = {name: (applied - before[name][0], off - before[name][1]) for name, (applied, off) in after.items()}
    assert gained == {
        "reports.networks": (more, 0),
        "funding.networks": (more, 0),
        "notifier.networks": (more - 1, 1),
    }
    sql(town, "notifier", "delete from dead_letter")
    assert readers(town) == after


@pytest.mark.thorough
def test_a_projection_that_lost_rows_is_verified_and_rebuilt_while_its_service_goes_on(town: Town) -> None:
    (listed,) = [one for one in ask(town, "projections", "list") if one["service"] == "reports"]
    assert (listed["name"], listed["stale"], listed["stored_version"]) == ("reports.networks", False, listed["version"])
    key = town.network()["network_id"]
    wait_for("the network", lambda: sql(town, "reports", "select from known_network where network_id = $1", key))
    which = ("reports", "reports.networks", "--reason", "a test")
    ask(town, "projections", "rebuild", *which)  # an earlier test released this stream without one event
    [same] = ask(town, "projections", "verify", *which)
    assert (same["state"], same["differing"], same["incomplete"]) == ("done", 0, 0)
    sql(town, "reports", "delete from known_network where network_id = $1", key)

    [verified] = ask(town, "projections", "verify", *which, status=1)
    assert (verified["state"], verified["differing"], verified["keys"]) == ("done", 1, key)
    [dry] = ask(town, "projections", "rebuild", *which, "--dry-run")
    assert dry["state"] == "would-be"
    [rebuilt] = ask(town, "projections", "rebuild", *which)
    assert (rebuilt["state"], rebuilt["keys"]) == ("done", key)
    assert rebuilt["records_read"] == rebuilt["records_of"] > 0
    assert ask(town, "projections", "verify", *which, "--direct")[0]["differing"] == 0
    assert ask(town, "projections", "stop", *which)[0]["outcome"] == "idle"
    assert "projection_unknown" in refused(
        town, "projections", "rebuild", "reports", "reports.nothing", "--reason", "a test"
    )
    verbs = sql(town, "reports", "select verb, reason from operator_action where verb like 'projections %' order by id")
    assert [row["verb"].split()[1] for row in verbs] == ["rebuild", "verify", "verify", "rebuild", "verify", "stop"]
    assert {row["reason"] for row in verbs} == {"a test"}


@pytest.mark.thorough
def test_a_row_of_a_projection_without_an_event_is_reported(town: Town) -> None:
    key = uuid7()
    sql(town, "notifier", "insert into known_network values ($1, '{}', 4, 50, 5, 51)", key)
    assert differences(town) == [("unfounded", "notifier.networks", str(key), None, None)]
    sql(town, "notifier", "delete from known_network where network_id = $1", key)


def test_a_broker_that_returns_no_records_gives_one_sentence(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_topic, "STALLED_SECONDS", 2.0)
    town.stack.kill("kafka", signal.SIGSTOP)
    try:
        assert "cannot be read: nothing came from" in refused(town, "verify", "--wait", "0")
    finally:
        town.stack.kill("kafka", signal.SIGCONT)
    monkeypatch.undo()
    assert ask(town, "verify", "--wait", "30")["balanced"] is True

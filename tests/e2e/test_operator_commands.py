"""The operator's commands work on a running stack: list, compare, replay, settle dead letters, retention."""

import asyncio
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import yaml

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_contracts import uuid7
from harness.kafka import send_raw
from harness.operating import ask, invoke, networks, refused, sql
from harness.starting import OPERATE, ended
from harness.town import Town
from harness.waiting import wait_for

STORED_ALERTS = Path(__file__).parents[1] / "unit/notifier/stored_alerts.json"
MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
READERS = {"reports.networks", "funding.networks", "notifier.networks"}


@pytest.fixture
def town(operated: Town) -> Town:
    return operated


@pytest.fixture
def poisoned(town: Town) -> Iterator[list[dict[str, Any]]]:
    """Send an invalid record; yield the dead letters of its three consumers, and discard them afterwards."""
    key = str(uuid7()).encode()
    asyncio.run(send_raw(town.kafka("registry-relay"), "bin.networks", [(key, b"?", [])]))
    letters: list[dict[str, Any]] = wait_for(
        "three letters", lambda: len(found := ask(town, "dead-letters", "list")) == 3 and found
    )
    yield letters
    if ask(town, "dead-letters", "list"):
        ask(town, "dead-letters", "discard", "--all", "--reason", "a test")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ended(OPERATE, *arguments, env=os.environ | {"BUURTSEIN_HOME": str(home)}, seconds=100)


def test_verify_finds_no_difference(town: Town) -> None:
    verified = ask(town, "verify", "--wait", "30")
    line = networks(verified)
    assert verified["balanced"] is True
    assert line["logged"] == line["published"] > 0
    seen = {reader["consumer"]: reader["applied"] + reader["discarded"] for reader in line["consumers"]}
    assert seen == dict.fromkeys(READERS, line["logged"])


def test_lag_names_every_group(town: Town) -> None:
    wanted = {
        f"{reader.split('.')[0]}-worker.{reader}" for reader in READERS | {"notifier.incidents", "notifier.members"}
    }

    def caught_up() -> dict[str, tuple[int, int]]:
        groups = {row["group"]: (row["lag"], row["members"]) for row in ask(town, "lag")}
        return groups if all(groups.get(name) == (0, 1) for name in wanted) else {}

    assert wait_for("no lag, and one member in each group", caught_up, 60).keys() >= wanted


def test_every_metric_that_is_watched_is_exported_by_a_running_service(town: Town) -> None:
    texts = (MONITORING / "grafana-dashboard.json").read_text() + str(
        yaml.safe_load((MONITORING / "alerts.yml").open())
    )
    watched = set(re.findall(r"\b(buurtsein_[a-z_]+)\b", texts))
    exported: set[str] = set()
    for service in town.manifest["services"].values():
        lines = httpx.get(f"{service['url']}/metrics").text.splitlines()
        exported |= {re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")}
        exported |= {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert watched - exported == set()
    assert {"buurtsein_planted_wrong_name"} - exported


def test_a_record_that_is_no_event_is_a_dead_letter_and_can_be_discarded(
    town: Town, poisoned: list[dict[str, Any]]
) -> None:
    letters, before = poisoned, len(ask(town, "dead-letters", "list", "--state", "discarded"))
    assert {letter["consumer"] for letter in letters} == READERS
    assert len({letter["fingerprint"] for letter in letters}) == 3
    assert networks(ask(town, "verify", "--wait", "0", status=1))["unreadable"] > 0
    name = letters[0]["name"]
    assert "value" not in ask(town, "dead-letters", "show", name)
    assert ask(town, "dead-letters", "show", name, "--payload")["value"] == "?"

    [tried] = ask(town, "dead-letters", "redrive", name, "--reason", "a test", status=1)
    assert tried["outcome"] == "unreadable"
    assert "--reason" in refused(town, "dead-letters", "discard", "--all")
    assert "say which" in refused(town, "dead-letters", "discard", "--reason", "a test")
    assert "a reason is needed" in refused(town, "dead-letters", "discard", "--all", "--reason", " ")
    would = ask(town, "dead-letters", "discard", "--all", "--reason", "a test", "--dry-run")
    assert [row["outcome"] for row in would] == ["would-be"] * 3
    assert len(ask(town, "dead-letters", "list")) == 3

    done = ask(town, "dead-letters", "discard", "--all", "--reason", "a test")
    assert [row["outcome"] for row in done] == ["discarded-only"] * 3
    assert ask(town, "dead-letters", "list") == []
    assert len(ask(town, "dead-letters", "list", "--state", "discarded")) == before + 3
    assert ask(town, "parked", "list") == []
    twice = ask(town, "dead-letters", "discard", name, "notifier/987654", "--reason", "a test", status=1)
    assert [row["outcome"] for row in twice] == ["not-open"] * 2


def test_a_replay_of_one_group_needs_a_stopped_worker_and_applies_nothing_twice(town: Town) -> None:
    replay = ("replay", "group", "--service", "notifier", "--topic", "bin.networks")
    assert "stop that worker first" in refused(town, *replay, "--offset", "0", "--dry-run")
    assert "does not read" in refused(town, "replay", "group", "--service", "registry", "--topic", "bin.networks")
    assert "either --from" in refused(town, *replay)
    assert "a reason is needed" in refused(town, *replay, "--offset", "0")
    before = networks(ask(town, "verify"))["consumers"]

    town.stack.kill("notifier", signal.SIGTERM)
    wait_for("an empty group", lambda: invoke(town, *replay, "--offset", "0", "--dry-run").exit_code == 0)
    since = ask(town, *replay, "--from", "2026-01-01T00:00:00Z", "--dry-run")
    moved = ask(town, *replay, "--offset", "0", "--reason", "a test")
    assert [row["after"] for row in since] == [row["after"] for row in moved] == [0, 0, 0]
    forward = ask(town, *replay, "--offset", "1000000", "--dry-run")
    assert [row["after"] for row in forward] == [0, 0, 0], "a group that is behind skips no record"
    lag = {row["group"]: row["lag"] for row in ask(town, "lag") if row["topic"] == "bin.networks"}
    assert lag["notifier-worker.notifier.networks"] > 0
    assert lag["reports-worker.reports.networks"] == 0
    town.stack.start("notifier")

    def again() -> bool:
        return all(row["lag"] == 0 for row in ask(town, "lag") if row["group"].startswith("notifier-worker"))

    wait_for("read again", again, 60)
    assert networks(ask(town, "verify"))["consumers"] == before


def test_replayed_events_of_the_log_reach_all_consumers_and_are_dropped(town: Town) -> None:
    replay = ("replay", "log", "--topic", "bin.networks", "--from", "2026-01-01")
    assert "written by registry" in refused(town, *replay, "--service", "reports")
    assert "is not a time" in refused(town, "replay", "log", "--topic", "bin.networks", "--from", "yesterday")
    before = networks(ask(town, "verify"))["resent"]
    [would] = ask(town, *replay, "--dry-run")
    [done] = ask(town, *replay, "--reason", "a test")
    assert would["events"] == done["events"] > 0

    line = wait_for("again on the topic", lambda: (n := networks(ask(town, "verify")))["resent"] > before and n, 60)
    assert line["resent"] == before + done["events"]
    assert line["balanced"] is True


def test_the_outbox_is_empty_and_nothing_is_frozen(town: Town) -> None:
    wait_for("an empty outbox", lambda: all(row["pending"] == 0 for row in ask(town, "outbox", "status")))
    assert ask(town, "outbox", "unfreeze", "--all", "--reason", "a test") == []
    assert "nothing waits" in refused(town, "parked", "release", "--key", "none", "--reason", "a test")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("lag",), "notifier-worker.notifier.incidents"),
        (("verify",), "reports.networks"),
        (("outbox", "status"), "registry"),
        (("parked", "list"), "-"),
        (("jobs",), "rejudging"),
        (("summary",), "failed_jobs"),
    ],
)
def test_the_output_for_people_is_a_table(town: Town, arguments: tuple[str, ...], word: str) -> None:
    answer = invoke(town, *arguments)
    assert answer.exit_code == 0, answer.output + repr(answer.exception)
    assert word in answer.output


def test_jobs_are_listed_with_their_last_and_next_run_and_can_be_run_now(town: Town) -> None:
    def ran() -> list[dict[str, Any]]:
        rows = {row["name"]: row for row in ask(town, "jobs", "--service", "notifier")}
        return [row for name in ("expiry", "rejudging") if (row := rows[name])["last_outcome"] == "done"]

    jobs = wait_for("a run of both", lambda: len(found := ran()) == 2 and found)
    assert all(row["schedule"] == "every 5 s" and row["next_run_at"] > row["last_ended_at"] for row in jobs)
    assert "retention" in {row["name"] for row in ask(town, "jobs", "--service", "reports")}
    [queued] = ask(town, "jobs", "run", "notifier", "expiry", "--reason", "a test")
    assert queued["outcome"] in {"queued", "running"}
    assert "job_unknown" in refused(town, "jobs", "run", "notifier", "nothing", "--reason", "a test")


@pytest.mark.usefixtures("poisoned")
def test_a_command_works_on_the_database_of_one_service_that_is_down(town: Town) -> None:
    assert "--service NAME" in refused(town, "outbox", "status", "--direct")
    redrive = ("dead-letters", "redrive", "--all", "--reason", "a test")
    assert "--as is for --direct" in refused(town, *redrive, "--as", "somebody")
    over_http = ask(town, "dead-letters", "list", "--service", "funding", "--state", "all")
    town.stack.kill("funding", signal.SIGTERM)
    try:
        sentence = wait_for(
            "a service that is down", lambda: away(town, "dead-letters", "list", "--service", "funding")
        )
        assert "--direct --service funding" in sentence
        direct = ask(town, "dead-letters", "list", "--service", "funding", "--state", "all", "--direct")
        assert direct == over_http != []
        assert ask(town, "jobs", "--service", "funding", "--direct")
    finally:
        town.stack.start("funding")


def away(town: Town, *arguments: str) -> str:
    """Return a command's error message while the service is down; "" when the service answers."""
    answer = invoke(town, *arguments)
    return answer.exception.sentence if isinstance(answer.exception, CommandError) else ""


def test_the_recorded_operator_is_from_the_token_or_with_direct_from_as(town: Town) -> None:
    nothing = ("jobs", "run", "notifier", "expiry", "--reason", "a test")
    ask(town, *nothing)
    ask(town, *nothing, "--direct", "--as", "somebody")
    dsn = town.manifest["postgres"]["databases"]["notifier"]

    async def written() -> list[str]:
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch(
            "select who from operator_action where verb = 'jobs run' order by id desc limit 2"
        )
        await connection.close()
        return [row["who"] for row in rows]

    named, by_token = asyncio.run(written())
    assert named == "somebody"
    assert by_token == town.person("operator")


def test_a_summary_shows_whether_an_operator_must_act(town: Town) -> None:
    rows = ask(town, "summary")
    assert {row["service"] for row in rows} == set(service_names())
    assert {row["dead_letters"] for row in rows} == {0}


def test_dead_letters_are_shown_as_a_table(town: Town, poisoned: list[dict[str, Any]]) -> None:
    ask(town, "dead-letters", "discard", "--all", "--reason", "a test")
    assert "invalid_event" in invoke(town, "dead-letters", "list", "--state", "all").output
    assert "discarded" in invoke(town, "dead-letters", "show", poisoned[0]["name"]).output


def test_retention_runs_for_all_services(town: Town) -> None:
    would = ask(town, "retention", "run", "--service", "reports", "--dry-run")
    done = ask(town, "retention", "run")
    assert {row["service"] for row in done} == {"registry", "reports", "funding", "notifier"}
    assert [row["rows"] for row in done] == [0] * len(done)
    assert would == [row for row in done if row["service"] == "reports"]
    assert {"inbox", "dead_letter", "idempotency", "reporter", "delivery"} <= {row["bound"] for row in done}


@pytest.mark.parametrize("arguments", [("lag",), ("dead-letters", "list")])
def test_without_a_running_stack_a_command_prints_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    answer = run(tmp_path, *arguments)
    assert answer.returncode == 2
    assert "no stack runs here" in answer.stderr


def test_rows_of_the_vault_are_encrypted_under_the_newest_key_by_a_command(town: Town) -> None:
    assert "a reason is needed" in refused(town, "vault", "rotate")
    person = "p" + "7" * 32
    plain = "insert into person_vault (person, name, mobile, address) values ($1, 'An', '+32470123456', '{}')"
    sql(town, "registry", plain, person)
    assert ask(town, "vault", "keys", status=1)["waiting"] == 1
    assert ask(town, "vault", "rotate", "--reason", "a test", "--dry-run")["waiting"] == 1
    after = ask(town, "vault", "rotate", "--reason", "a test")
    assert (after["waiting"], [key["newest"] for key in after["keys"]]) == (0, [True])
    [row] = sql(town, "registry", "select name, data is null as lost from person_vault where person = $1", person)
    assert (row["name"], row["lost"]) == (None, False)
    sql(town, "registry", "delete from person_vault where person = $1", person)


def test_verify_chain_finds_a_step_of_an_alert_that_was_inserted(town: Town) -> None:
    assert ask(town, "alerts", "verify-chain")["faults"] == []
    row = json.loads(STORED_ALERTS.read_text())["3"]
    alert_id = UUID(row["alert_id"])
    insert = """insert into alert
        (alert_id, rule, network_ids, state, proposed_at, expires_at, version, schema, document)
        values ($1, 'r', '{}', 'SENT', now(), now(), 1, 3, $2)"""
    sql(town, "notifier", insert, alert_id, json.dumps(row))
    insert = """insert into alert_step (alert_id, number, kind, at, previous, digest)
        values ($1, 1, 'sent', now(), '', '')"""
    sql(town, "notifier", insert, alert_id)
    found = ask(town, "alerts", "verify-chain", status=1)["faults"]
    sql(town, "notifier", "delete from alert where alert_id = $1", alert_id)
    assert found == [{"alert_id": row["alert_id"], "step": 1, "fault": "inserted"}]

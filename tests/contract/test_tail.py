"""On a real Kafka, the commands `tail` and `audit` show and check events: all, from a time on, or of one type."""

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from buurtsein_contracts import uuid7
from buurtsein_contracts.testing import records
from buurtsein_contracts.testing.records import Record
from buurtsein_stack.servers import RunningServers
from harness.kafka import access, emptied, send_raw
from harness.starting import CONTRACTS, ended

pytestmark = pytest.mark.external

KEY = str(uuid7())
NUMBERS = [f"{number:020d}".encode() for number in range(5)]


def numbered(record: Record, number: int, key: str = KEY) -> Record:
    headers = list((dict(record.headers) | {"ce_sequence": NUMBERS[number]}).items())
    return replace(record, headers=headers, key=key.encode())


GOOD = records.as_record(records.made("FundingWithdrawn", network_id=KEY))
POISON = numbered(records.poisoned("FundingWithdrawn")["not JSON"], 2)
FUTURE = records.from_the_future("FundingWithdrawn")[0]
NEWER = numbered(FUTURE, 3, key=dict(FUTURE.headers)["ce_partitionkey"].decode())  # type: ignore[union-attr]
OTHER_KEY = numbered(GOOD, 4, key="somebody-else")


async def sent(servers: RunningServers, *found: Record) -> None:
    await send_raw(
        access(servers, "funding-relay"), "bin.funding", [(one.key, one.value, one.headers) for one in found]
    )


@pytest.fixture
def stack_file(servers: RunningServers, tmp_path: Path) -> Path:
    """Write a `stack.json` for these servers, as `make up` does."""
    users = {name: {"username": who.username, "password": who.password} for name, who in servers.principals.items()}
    kafka = {"bootstrap": servers.bootstrap, "security_protocol": "SASL_PLAINTEXT", "principals": users}
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"kafka": kafka}))
    return path


def ask(stack_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    principal = "city-backoffice"  # may read the events of funding
    return ended(CONTRACTS, *arguments, "--stack", str(stack_file), "--principal", principal)


def tail(stack_file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return ask(stack_file, "tail", "--no-follow", *options)


def codes(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the reported codes sorted by sequence number, since the keys may be in different partitions."""
    assert "Traceback" not in result.stderr, result.stderr
    seen = sorted((json.loads(line) for line in result.stdout.splitlines()), key=lambda one: one["sequence"])
    return [(one["problem"] or "ok").split(":")[0] for one in seen]


async def test_each_event_is_shown_with_its_verdict(servers: RunningServers, stack_file: Path) -> None:
    since = datetime.now(UTC).isoformat()
    await sent(servers, GOOD, POISON, NEWER, OTHER_KEY)
    options = ["--from", since, "--type", "FundingWithdrawn", "--json"]
    plain = tail(stack_file, *options)
    assert plain.returncode == 0
    assert codes(plain) == ["ok", "invalid_event", "ok", "key"]
    strict = tail(stack_file, *options, "--validate")
    assert strict.returncode == 1
    assert codes(strict) == ["ok", "invalid_event", "writer", "key"]


async def test_valid_events_exit_with_0(servers: RunningServers, stack_file: Path) -> None:
    since = datetime.now(UTC).isoformat()
    await sent(servers, GOOD)
    result = tail(stack_file, "--from", since, "--validate")
    assert result.returncode == 0, result.stdout
    assert f"be.bin.funding.withdrawn.v1 {' ' * 12} {KEY} #1  ok" in result.stdout


async def test_from_now_shows_no_older_events(servers: RunningServers, stack_file: Path) -> None:
    await sent(servers, GOOD)
    assert tail(stack_file, "--from", "now").stdout == ""


def test_a_user_without_the_right_gets_a_sentence(stack_file: Path) -> None:
    result = tail(stack_file, "--type", "MemberJoined", "--type", "AlertSent")
    assert result.returncode == 2
    assert "city-backoffice may not read bin.alerts, bin.members" in result.stderr
    assert "Traceback" not in result.stderr


async def test_an_audit_names_the_record_that_is_wrong(servers: RunningServers, stack_file: Path) -> None:
    key = str(uuid7())
    right = records.as_record(records.made("FundingWithdrawn", 1, network_id=key))
    gap = records.as_record(records.made("FundingWithdrawn", 3, network_id=key))
    await sent(servers, right, replace(gap, headers=[*gap.headers, ("ce_secret", b"x")]))
    result = ask(stack_file, "audit", "--topic", "bin.funding", "--json")
    told = json.loads(result.stdout)
    assert (result.returncode, told["ok"]) == (1, False)
    place, *_ = next(problem.split() for problem in told["problems"] if problem.endswith("not promised: ce_secret"))
    assert [problem for problem in told["problems"] if problem.startswith(place)] == [
        f"{place} headers: not promised: ce_secret",
        f"{place} sequence: 3 comes after 1",
    ]


def test_an_audit_without_records_exits_with_1(servers: RunningServers, stack_file: Path) -> None:
    emptied(servers, "bin.city-incidents")
    result = ask(stack_file, "audit", "--topic", "bin.city-incidents")
    assert result.returncode == 1
    assert "there are no records" in result.stdout

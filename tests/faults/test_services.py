"""Processes of the four services and their servers are killed under load (faults 4, 5, 10 and 16)."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from buurtsein_contracts import uuid7
from buurtsein_stack.stack import Stack
from harness.account import Account
from harness.town import CENTRE, METRE_NORTH, Town

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(400)]

REPORTS = 150
KILLS = 12
SPLIT = ("reports", "notifier")
UNLIMITED = {"REPORTS_RATE_LIMIT_ANONYMOUS_PER_MINUTE": "1000000"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    stack = Stack(tmp_path / "home", split=SPLIT, env=UNLIMITED)
    stack.up()
    town = Town(stack)
    yield town
    town.close()
    stack.reset()


async def report(town: Town, number: int) -> str:
    """Send a report with one Idempotency-Key until the service accepts the report; return the report's id."""
    body = {
        "category": "sluikstort",
        "text": f"Melding {number}.",
        "happened_from": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "location": {"longitude": CENTRE[0], "latitude": CENTRE[1] + (number % 20) * METRE_NORTH},
    }
    headers = {"Idempotency-Key": str(uuid7())}
    url = f"{town.manifest['services']['reports']['url']}/v1/reports"
    async with asyncio.timeout(90):
        while True:
            try:
                async with httpx.AsyncClient(timeout=10) as client:
                    answer = await client.post(url, json=body, headers=headers)
                if answer.status_code == httpx.codes.CREATED:
                    return str(answer.json()["report_id"])
                assert answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR, answer.text
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)


async def kill_one_after_another(stack: Stack, dice: random.Random, times: int) -> None:
    """Kill the processes in turn and restart each; with enough kills, every process is killed at least once."""
    names = [name for name in stack.names if name not in {"issuer", "bealert"}]
    victims = dice.sample(names, len(names)) + dice.choices(names, k=times)
    for name in victims[:times]:
        await asyncio.to_thread(stack.kill, name)
        await asyncio.to_thread(stack.start, name)


def verified(town: Town) -> dict[str, Any]:
    """Return the differences that `buurtsein verify` finds on all topics."""
    command = [str(Path(sys.executable).with_name("buurtsein")), "verify", "--wait", "90", "--json"]
    environment = os.environ | {"BUURTSEIN_HOME": str(town.stack.home.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=False)
    found: dict[str, Any] = json.loads(done.stdout or "null") or pytest.fail(done.stderr)
    return found


async def ids(town: Town, service: str, query: str) -> list[str]:
    connection = await asyncpg.connect(town.manifest["postgres"]["databases"][service])
    try:
        return [str(row[0]) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_04_everything_is_killed_under_load(town: Town, account: Account, seed: int) -> None:
    await asyncio.to_thread(town.network)
    killing = asyncio.create_task(kill_one_after_another(town.stack, random.Random(seed), KILLS))
    accepted: list[str] = []
    for start in range(0, REPORTS, 5):
        accepted += await asyncio.gather(*(report(town, number) for number in range(start, start + 5)))
    await killing
    begun = time.monotonic()
    result = await asyncio.to_thread(verified, town)
    account.times, account.events, account.seconds = KILLS, len(accepted), time.monotonic() - begun
    account.duplicates = sum(topic["resent"] for topic in result["topics"])

    assert result["balanced"], result
    assert sorted(accepted) == sorted(set(accepted))
    assert sorted(await ids(town, "reports", "select report_id from report")) == sorted(accepted)
    assert sorted(await ids(town, "notifier", "select report_id from incident")) == sorted(accepted)
    told = [event for event in await asyncio.to_thread(town.events, "bin.incidents") if event.sequence == 1]
    assert sorted(str(event.data.report_id) for event in told) == sorted(accepted)

"""Crashes between every two steps of an event's way; the numbers are those of the fault catalogue in docs."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from buurtsein_contracts import uuid7
from buurtsein_deploy.servers import RunningServers
from harness.ledger import Ledger, Running, new_ledger
from harness.proxy import CuttingProxy


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


async def write(ledger: Ledger, url: str, network: str, number: int, key: str | None = None) -> int:
    """One request; what was acknowledged goes into the ledger."""
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.post(
            f"{url}/v1/entries",
            json={"network_id": network, "number": number},
            headers={"Idempotency-Key": key or secrets.token_hex(8)},
        )
    if answer.is_success and (network, number) not in ledger.acknowledged:
        ledger.acknowledged.append((network, number))
    return answer.status_code


async def write_many(ledger: Ledger, url: str, number: int, networks: int = 5) -> None:
    keys = [str(uuid7()) for _ in range(networks)]
    for start in range(0, number, 20):
        batch = range(start, min(start + 20, number))
        await asyncio.gather(*(write(ledger, url, keys[n % networks], n) for n in batch))


async def test_01_crash_between_commit_and_publish(ledger: Ledger) -> None:
    api = ledger.start("api", env={"BUURTSEIN_CRASH_AT": "api.committed"}).ready()
    network, key = str(uuid7()), secrets.token_hex(8)
    with pytest.raises(httpx.HTTPError):
        await write(ledger, api.url, network, 1, key)
    assert api.exit_code() == 137
    assert await ledger.count("outbox_pending") == 1

    service = ledger.start("api", "relay", "worker").ready()
    assert await write(ledger, service.url, network, 1, key) == 201

    await ledger.wait_until_applied(1)
    assert (await ledger.check())["logged"] == 1


async def test_02_crash_between_publish_and_delete(ledger: Ledger) -> None:
    api = ledger.start("api").ready()
    await write_many(ledger, api.url, 40)
    relay = ledger.start("relay", env={"BUURTSEIN_CRASH_AT": "relay.published"})
    assert relay.exit_code() == 137
    assert await ledger.count("outbox_pending") == 40

    ledger.start("relay", "worker").ready()

    await ledger.wait_until_applied(40)
    figures = await ledger.check()
    assert figures["duplicates"] == 40


async def test_03_crash_between_consumer_commit_and_offset_commit(ledger: Ledger) -> None:
    service = ledger.start("api", "relay").ready()
    await write_many(ledger, service.url, 40)
    worker = ledger.start("worker", env={"BUURTSEIN_CRASH_AT": "consumer.committed"})
    assert worker.exit_code() == 137
    assert await ledger.applied()

    ledger.start("worker").ready()

    await ledger.wait_until_applied(40)
    await ledger.check()


async def test_04_kill_relays_and_consumers_under_load(ledger: Ledger) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    api = ledger.start("api").ready()
    parts: dict[str, Running] = {f"{role}{n}": ledger.start(role) for role in ("relay", "worker") for n in (1, 2)}
    load = asyncio.create_task(_load(ledger, api.url, 300))
    kills = 0
    while not load.done():
        name = dice.choice(sorted(parts))
        await asyncio.to_thread(parts[name].kill)
        parts[name] = ledger.start(name.rstrip("12"))
        kills += 1
        await asyncio.wait([load], timeout=1.5)
    await load

    await ledger.wait_until_applied(len(ledger.acknowledged), 60)
    figures = await ledger.check()
    assert kills >= 4
    assert figures["acknowledged"] == 300


async def _load(ledger: Ledger, url: str, number: int) -> None:
    """Steady: a few at a time, so that the kills meet events in every stage."""
    networks = [str(uuid7()) for _ in range(20)]
    for start in range(0, number, 10):
        await asyncio.gather(*(write(ledger, url, networks[n % 20], n) for n in range(start, start + 10)))
        await asyncio.sleep(0.1)


async def test_06_ambiguous_commit(ledger: Ledger) -> None:
    """The database commits, its answer is cut off; the same Idempotency-Key gives one event and one answer."""
    async with CuttingProxy.to(ledger.database.app) as proxy:
        api = ledger.start("api", "relay", "worker", env={"LEDGER_DATABASE_APP": proxy.dsn}).ready()
        network, key = str(uuid7()), secrets.token_hex(8)
        proxy.cut_answer_to(b"COMMIT")
        assert await write(ledger, api.url, network, 1, key) == 503
        assert proxy.cut
        assert await ledger.count("entry") == 1

        assert await write(ledger, api.url, network, 1, key) == 201

    await ledger.wait_until_applied(1)
    assert (await ledger.check())["logged"] == 1

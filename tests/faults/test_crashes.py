"""No event is lost or applied twice when the service crashes between two steps (faults 1 to 4, and 6)."""

import asyncio
import random
import secrets

import httpx
import pytest

from buurtsein_contracts import uuid7
from harness.account import Account
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.load import load
from harness.proxy import Proxy


async def one(url: str, network: str, key: str) -> int:
    """Send one request and return the HTTP status; raise httpx.HTTPError for a broken connection."""
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.post(
            f"{url}/v1/entries", json={"network_id": network, "number": 1}, headers={"Idempotency-Key": key}
        )
    return answer.status_code


async def test_01_crash_between_commit_and_publish(ledger: Ledger, account: Account) -> None:
    api = await ledger.up("api", env={"BUURTSEIN_CRASH_AT": "api.committed"})
    network, key = str(uuid7()), secrets.token_hex(8)
    with pytest.raises(httpx.HTTPError):
        await one(api.url, network, key)
    assert api.exit_code() == 137
    assert await ledger.count("outbox_pending") == 1

    with account.recovery():
        service = await ledger.up("api", "relay", "worker")
        assert await one(service.url, network, key) == 201
        ledger.acknowledged.append((network, 1))
        await ledger.wait_until_applied(1)
    account.balance(await ledger.check())
    assert account.events == 1


@pytest.mark.thorough
async def test_02_crash_between_publish_and_delete(ledger: Ledger, account: Account) -> None:
    api = await ledger.up("api")
    await load(ledger, api.url).run(40)
    relay = ledger.start("relay", env={"BUURTSEIN_CRASH_AT": "relay.published"})
    assert relay.exit_code() == 137
    assert await ledger.count("outbox_pending") == 40

    with account.recovery():
        await ledger.up("relay", "worker")
        await ledger.wait_until_applied(40)
    account.balance(await ledger.check())
    assert account.duplicates == 40


@pytest.mark.thorough
async def test_03_crash_between_consumer_commit_and_offset_commit(ledger: Ledger, account: Account) -> None:
    service = await ledger.up("api", "relay")
    await load(ledger, service.url).run(40)
    worker = ledger.start("worker", env={"BUURTSEIN_CRASH_AT": "consumer.committed"})
    assert worker.exit_code() == 137
    applied = await ledger.applied()
    assert applied

    with account.recovery():
        await ledger.up("worker")
        await ledger.wait_until_applied(40)
    account.balance(await ledger.check())
    assert account.duplicates == len(applied)


@pytest.mark.thorough
async def test_04_kill_relays_and_consumers_under_load(ledger: Ledger, account: Account, seed: int) -> None:
    dice = random.Random(seed)
    api = await ledger.up("api")
    parts: dict[str, Running] = {f"{role}{n}": ledger.start(role) for role in ("relay", "worker") for n in (1, 2)}
    account.times = 6

    async def kill_some() -> None:
        for name in dice.choices(sorted(parts), k=account.times):
            await asyncio.to_thread(parts[name].kill)
            parts[name] = await ledger.up(name.rstrip("12"))

    written = await load(ledger, api.url, streams=20).during(kill_some())
    with account.recovery():
        await ledger.wait_until_applied(written, 60)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_06_ambiguous_commit(ledger: Ledger, account: Account) -> None:
    """The database commits but its reply is lost; a retry with the same Idempotency-Key records no second event."""
    async with Proxy.to(ledger.database.app) as proxy:
        api = await ledger.up("api", env={"LEDGER_DATABASE_APP": proxy.dsn})
        network, key = str(uuid7()), secrets.token_hex(8)
        proxy.cut_answer_to(b"COMMIT")
        assert await one(api.url, network, key) == 503
        assert proxy.cut
        assert await ledger.count("entry") == 1

        with account.recovery():
            await ledger.up("relay", "worker")
            assert await one(api.url, network, key) == 201
            ledger.acknowledged.append((network, 1))
            await ledger.wait_until_applied(1)
    account.balance(await ledger.check())
    assert account.events == 1
